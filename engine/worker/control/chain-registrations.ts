// The registered chains of all tenants, in the control database: a row each, its document the signed statement. They are
// numbered by tenant, whoever registers; a number is given once.
import { createHash } from 'node:crypto'
import type { Clock } from '../../clock.js'
import { type TenantId, type Uuid, uuidToBytes } from '../../ids.js'
import type { ChainRegistration } from '../../task/broker.js'
import { registrationClaims, registrationType } from '../audit/registration.js'
import { statementHash } from '../audit/statement.js'
import { type IndexEntry, type Row, rowState, type Store, StoreError } from '../store/store.js'
import type { Attestation } from './attestation.js'

const chainsAtMost = 100_000
/** Other nodes that register a chain of the same tenant at the same moment. */
const attempts = 8

const textOf = ({ doc }: Row): string => doc.toString('latin1')

/** No two registrations of a tenant have one number. */
const numberEntry = (tenant: TenantId, num: number): IndexEntry => ({
  index: 'chainNumber',
  indexVersion: 1,
  value: createHash('sha256')
    .update(uuidToBytes(tenant))
    .update(String(num))
    .digest()
    .subarray(0, 16),
  unique: true,
})

export class ChainRegistrations {
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly attestation: Attestation,
  ) {}

  /** Of a chain that the tenant has registered already: nothing. */
  async register(tenant: TenantId, registration: ChainRegistration): Promise<void> {
    for (let left = attempts; left > 0; left--)
      try {
        return await this.#insert(tenant, registration)
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== 'conflict') throw error
        const [row] = await this.store.read('audit_chain', [registration.chain])
        if (row) return
      }
    throw new StoreError('conflict')
  }

  /** Statements of all registrations of a tenant, by their number. */
  async of(tenant: TenantId): Promise<string[]> {
    const rows = await this.store.children('audit_chain', tenant, { limit: chainsAtMost })
    return rows.sort((a, b) => a.version - b.version).map(textOf)
  }

  /** The highest number of a tenant; 0: it has none. */
  async highest(tenant: TenantId): Promise<number> {
    const [last] = await this.store.children('audit_chain', tenant, { limit: 1 })
    return last?.version ?? 0
  }

  /** The newest chains of a tenant. */
  async newest(tenant: TenantId, limit: number): Promise<Uuid[]> {
    return (await this.store.children('audit_chain', tenant, { limit })).map(({ id }) => id)
  }

  async all(tenant: TenantId): Promise<Uuid[]> {
    return this.newest(tenant, chainsAtMost)
  }

  /** Hash of a chain's statement. Throws where the tenant has not registered it. */
  async hashOf(tenant: TenantId, chain: Uuid): Promise<string> {
    const [row] = await this.store.read('audit_chain', [chain])
    if (row?.parent !== tenant) throw new Error('the chain is not registered')
    return statementHash(textOf(row))
  }

  async #insert(tenant: TenantId, registration: ChainRegistration): Promise<void> {
    const [last] = await this.store.children('audit_chain', tenant, { limit: 1 })
    const place = { num: (last?.version ?? 0) + 1, prev: last ? statementHash(textOf(last)) : null }
    const claims = registrationClaims(tenant, registration, place)
    const time = this.clock.now()
    const row: Row = {
      id: registration.chain,
      parent: tenant,
      version: place.num,
      state: rowState.live,
      createdTime: time,
      updatedTime: time,
      expiresTime: null,
      doc: Buffer.from(await this.attestation.sign(registrationType, claims, time), 'latin1'),
      secret: null,
    }
    const indexes = [numberEntry(tenant, place.num)]
    await this.store.put([{ op: 'insert', table: 'audit_chain', row, indexes }])
  }
}
