// Registrations and anchors of the chains of all tenants (FORMATS §5), as statements: who believes them verifies them
// (context/audit-sink.ts).
import { type Clock, isTime, type Milliseconds } from '../../clock.js'
import type { TenantId, Uuid } from '../../ids.js'
import type { AnchorRecord, ChainRegistration } from '../../task/broker.js'
import { type Claims, claimsOf } from '../audit/statement.js'
import { isIntegrity } from '../request/refusal.js'
import type { Store } from '../store/store.js'
import type { Attestation } from './attestation.js'
import { ChainRegistrations } from './chain-registrations.js'
import { Checkpoints } from './checkpoints.js'

/** One a writer: older ones are closed. */
const chainsInUse = 16

export class ChainKeeper {
  readonly #registrations: ChainRegistrations
  readonly #checkpoints: Checkpoints

  constructor(
    store: Store,
    clock: Clock,
    readonly attestation: Attestation,
  ) {
    this.#registrations = new ChainRegistrations(store, clock, attestation)
    this.#checkpoints = new Checkpoints(store, clock, attestation, this.#registrations)
  }

  async registerChain(tenant: TenantId, registration: ChainRegistration): Promise<void> {
    await this.#registrations.register(tenant, registration)
    this.#checkpoints.registered(tenant)
  }

  registrations(tenant: TenantId): Promise<readonly string[]> {
    return this.#registrations.of(tenant)
  }

  appendAnchor(tenant: TenantId, anchor: AnchorRecord): Promise<void> {
    return this.#checkpoints.append(tenant, anchor)
  }

  checkpoints(
    tenant: TenantId,
    chain: Uuid,
    before: number | null,
    limit: number,
  ): Promise<readonly string[]> {
    return this.#checkpoints.of(tenant, chain, before, limit)
  }

  async lastCheckpoints(
    tenant: TenantId,
  ): Promise<readonly { readonly chain: Uuid; readonly jws: string }[]> {
    return this.#checkpoints.lastOf(await this.#registrations.all(tenant))
  }

  signExport(tenant: TenantId, claims: Claims): Promise<string> {
    return this.attestation.sign('rppam-export+jws', { ...claims, tid: tenant })
  }

  /** When any chain of the tenant was last anchored; null: never. For a display: nothing rests on it. */
  async lastAnchorTime(tenant: TenantId): Promise<Milliseconds | null> {
    const chains = await this.#registrations.newest(tenant, chainsInUse)
    const times = (await this.#checkpoints.lastOf(chains)).map(({ jws }) => timeOf(jws))
    const known = times.filter(isTime)
    return known.length === 0 ? null : Math.max(...known)
  }
}

const timeOf = (jws: string): number => {
  try {
    return Math.round(Number(claimsOf(jws).iat) * 1_000)
  } catch (error) {
    if (isIntegrity(error)) return NaN
    throw error
  }
}
