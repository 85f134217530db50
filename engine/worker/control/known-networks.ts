// Networks that somebody of a tenant signed in from completely (FORMATS §8): a row's id is HMAC(index.knownNetwork,
// tenant | network), 16 bytes, so that nobody can tell from a row which network it is, or make one up. For 30 days, and
// so many of a tenant. They spare from what others do to a network's address, and decide nothing else. The management
// plane counts as the tenant of id zero.
import { LRUCache } from 'lru-cache'
import type { Clock, Milliseconds } from '../../clock.js'
import { type TenantId, type Uuid, uuidFromBytes } from '../../ids.js'
import type { Keyring } from '../keys/keyring.js'
import { type Change, type Row, type Store, rowState } from '../store/store.js'

const dayMs: Milliseconds = 86_400_000
const lifetimeMs = 30 * dayMs
const perTenant = 256
/** What was written within a day is not written again. */
const freshRemembered = 10_000

const table = 'known_network'
const nothing = Buffer.alloc(0)

export class KnownNetworks {
  readonly #fresh: LRUCache<Uuid, Milliseconds>
  readonly #writing = new Set<Promise<void>>()

  constructor(
    private readonly store: Store,
    private readonly keys: Keyring,
    private readonly clock: Clock,
  ) {
    this.#fresh = new LRUCache({ max: freshRemembered })
  }

  async isKnown(tenant: TenantId, network: string): Promise<boolean> {
    const now = this.clock.now()
    const rows = await this.store.read(table, this.#ids(tenant, network))
    return rows.some((row) => row.parent === tenant && !hasEnded(row, now))
  }

  /** After a complete sign-in. */
  learn(tenant: TenantId, network: string): Promise<void> {
    const writing = this.#learn(tenant, network).finally(() => this.#writing.delete(writing))
    this.#writing.add(writing)
    return writing
  }

  /** Resolves when what was learnt is written, or failed to be. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#writing)
  }

  async #learn(tenant: TenantId, network: string): Promise<void> {
    const [id] = this.#ids(tenant, network)
    const now = this.clock.now()
    if (!id || now < (this.#fresh.get(id) ?? 0) + dayMs) return
    const [known] = await this.store.read(table, [id])
    await this.store.put([
      known ? prolonged(known, tenant, now) : added(id, tenant, now),
      ...(known ? [] : await this.#surplus(tenant, now)),
    ])
    this.#fresh.set(id, now)
  }

  /** What must go for one more: what has ended, and those that were not signed in from for longest. */
  async #surplus(tenant: TenantId, now: Milliseconds): Promise<Change[]> {
    const rows = await this.store.children(table, tenant, { limit: 2 * perTenant })
    const byAge = [...rows].sort((a, b) => b.updatedTime - a.updatedTime)
    return byAge
      .filter((row, place) => place >= perTenant - 1 || hasEnded(row, now))
      .map(({ id }) => ({ op: 'delete', table, id }))
  }

  /** While the index key rotates there are several; the present one first. */
  #ids(tenant: TenantId, network: string): Uuid[] {
    return this.keys
      .index('knownNetwork', [tenant, network])
      .map(({ value }) => uuidFromBytes(value))
  }
}

const hasEnded = ({ expiresTime }: Row, now: Milliseconds): boolean => (expiresTime ?? 0) <= now

const added = (id: Uuid, parent: TenantId, now: Milliseconds): Change => ({
  op: 'ensure',
  table,
  row: {
    id,
    parent,
    version: 1,
    state: rowState.live,
    createdTime: now,
    updatedTime: now,
    expiresTime: now + lifetimeMs,
    doc: nothing,
    secret: null,
  },
})

const prolonged = (row: Row, parent: TenantId, now: Milliseconds): Change => ({
  op: 'update',
  table,
  row: {
    ...row,
    parent,
    version: row.version + 1,
    updatedTime: now,
    expiresTime: now + lifetimeMs,
  },
  expectedVersion: row.version,
  indexes: undefined,
})
