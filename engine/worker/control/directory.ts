// The directory of tenants: rows of the control database, opened. Everything is read anew, so that what another node
// changed is seen, and so that a code that exists is looked up like one that does not.
import { ApiError } from '../../errors.js'
import type { TenantId, Uuid } from '../../ids.js'
import { IntegrityError } from '../cipher/record.js'
import type { Keyring } from '../keys/keyring.js'
import { readable } from '../request/readable.js'
import type { PageQuery } from '../request/paging.js'
import { scan } from '../request/scan.js'
import { type StoredPage, storedPage } from '../request/stored-page.js'
import type { Store } from '../store/store.js'
import {
  type TenantLifecycle,
  type TenantRecord,
  openTenantRow,
  tenantStates,
} from './tenant-record.js'

/** What the contract lets a short code be; anything else is nobody's. */
const codePattern = /^[A-Za-z0-9-]{3,20}$/

export interface TenantPage extends Pick<StoredPage, 'places' | 'next'> {
  readonly tenants: TenantRecord[]
  readonly unreadable: Uuid[]
}

export class TenantDirectory {
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
    const rows = await this.store.find('tenant', this.keys.index('tenantCode', [code]))
    const { items, unreadable } = readable(rows, (row) => openTenantRow(this.keys, row))
    // The index column is not sealed: the row it leads to must be called that.
    const tenant = items.find(({ shortCode: its }) => its.toLowerCase() === code)
    if (!tenant && unreadable.length > 0) throw new IntegrityError()
    return tenant?.id ?? null
  }

  /** Ordered by id. Of a page's rows those that do not open are told apart. */
  async list(status: TenantLifecycle | null, query: PageQuery): Promise<TenantPage> {
    const options = { state: status === null ? null : tenantStates[status], secret: true }
    const { rows, places, next } = await storedPage(this.store, 'tenant', options, query)
    const { items, unreadable } = readable(rows, (row) => openTenantRow(this.keys, row))
    return { tenants: items, unreadable, places, next }
  }

  /** What each tenant may have at most; of those that have a limit, and whose row opens. */
  async limits(kind: 'maxUsers' | 'maxResources'): Promise<ReadonlyMap<Uuid, number>> {
    const found = new Map<Uuid, number>()
    for await (const row of scan(this.store, 'tenant', { state: null, secret: true })) {
      // One that does not open must not stand in the others' way.
      const [tenant] = readable([row], (one) => openTenantRow(this.keys, one)).items
      const limit = tenant?.[kind] ?? null
      if (limit !== null) found.set(row.id, limit)
    }
    return found
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
