// The directory of tenants: rows of the control database, opened. Short codes of those that exist are remembered;
// everything else is read anew, so that what another node changed is seen.
import { LRUCache } from 'lru-cache'
import { ApiError } from '../../errors.js'
import type { TenantId, Uuid } from '../../ids.js'
import type { Keyring } from '../keys/keyring.js'
import type { Store } from '../store/store.js'
import {
  type TenantLifecycle,
  type TenantRecord,
  openTenantRow,
  tenantStates,
} from './tenant-record.js'

const codesRemembered = 10_000
/** What the contract lets a short code be; anything else is nobody's. */
const codePattern = /^[A-Za-z0-9-]{3,20}$/

export class TenantDirectory {
  readonly #codes = new LRUCache<string, TenantId>({ max: codesRemembered })

  constructor(
    private readonly store: Store,
    private readonly keys: Keyring,
  ) {}

  async find(id: Uuid): Promise<TenantRecord | null> {
    const [row] = await this.store.read('tenant', [id])
    return row ? openTenantRow(this.keys, row) : null
  }

  /** Errors: `not_found`. */
  async get(id: Uuid): Promise<TenantRecord> {
    const tenant = await this.find(id)
    if (!tenant) throw new ApiError('not_found')
    return tenant
  }

  async resolve(shortCode: string): Promise<TenantId | null> {
    if (!codePattern.test(shortCode)) return null
    const code = shortCode.toLowerCase()
    const known = this.#codes.get(code)
    if (known) return known
    const [row] = await this.store.find('tenant', this.keys.index('tenantCode', [code]))
    // The index column is not sealed: the row it leads to must be called that.
    if (!row || openTenantRow(this.keys, row).shortCode.toLowerCase() !== code) return null
    this.#codes.set(code, row.id as TenantId)
    return row.id as TenantId
  }

  /** Ordered by id. */
  async list(
    status: TenantLifecycle | null,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<{ tenants: TenantRecord[]; total: number }> {
    const state = status === null ? null : tenantStates[status]
    const [rows, total] = await Promise.all([
      this.store.list('tenant', { state, ...page, secret: true }),
      this.store.count('tenant', state),
    ])
    return { tenants: rows.map((row) => openTenantRow(this.keys, row)), total }
  }

  /** Tenants in every status but `deprovisioned` (SPEC §5). */
  async countLicensed(): Promise<number> {
    const [all, gone] = await Promise.all([
      this.store.count('tenant', null),
      this.store.count('tenant', tenantStates.deprovisioned),
    ])
    return all - gone
  }
}
