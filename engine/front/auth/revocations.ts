// What was revoked while tokens from before may still be alive: generations of tenants and users, ended sessions.
// Keyed by tenant, always. An entry is forgotten once every token it could matter to has expired.
import type { Clock, Milliseconds } from '../../clock.js'
import type { TenantId, Uuid } from '../../ids.js'
import type { AccessClaims } from '../../task/item.js'
import { accessTokenLifetime, clockSkew } from '../../task/token-life.js'

/** The longest life of a token, and twice the skew of clocks. */
const memoryMs: Milliseconds = (accessTokenLifetime + 2 * clockSkew) * 1000

interface Entry {
  readonly generation: number
  readonly until: Milliseconds
}

interface TenantEntries {
  tenant: Entry | null
  readonly users: Map<Uuid, Entry>
  readonly sessions: Map<Uuid, Entry>
}

interface Due {
  readonly until: Milliseconds
  readonly tid: TenantId
}

const isBelow = (generation: number, entry: Entry | null | undefined): boolean =>
  entry !== null && entry !== undefined && generation < entry.generation

const isEmpty = ({ tenant, users, sessions }: TenantEntries): boolean =>
  tenant === null && users.size === 0 && sessions.size === 0

const drop = (entries: Map<Uuid, Entry>, now: Milliseconds): void => {
  // In the order they were written, so the first that stays ends it.
  for (const [id, { until }] of entries) {
    if (until > now) return
    entries.delete(id)
  }
}

export class Revocations {
  readonly #tenants = new Map<TenantId, TenantEntries>()
  readonly #due: Due[] = []

  constructor(private readonly clock: Clock) {}

  /** Tenants that something is remembered of. */
  get size(): number {
    return this.#tenants.size
  }

  revokeSession(tid: TenantId, sid: Uuid): void {
    this.#put(tid, (entries, until) => rewrite(entries.sessions, sid, 0, until))
  }

  /** Tokens of the user with a generation below `gen` are dead. */
  raiseUser(tid: TenantId, sub: Uuid, gen: number): void {
    this.#put(tid, (entries, until) => rewrite(entries.users, sub, gen, until))
  }

  /** Tokens of the tenant with a generation below `tgn` are dead. */
  raiseTenant(tid: TenantId, tgn: number): void {
    this.#put(tid, (entries, until) => {
      entries.tenant = { generation: Math.max(tgn, entries.tenant?.generation ?? 0), until }
    })
  }

  isRevoked({ tid, sub, sid, gen, tgn }: AccessClaims): boolean {
    const entries = this.#tenants.get(tid)
    return (
      entries !== undefined &&
      (isBelow(tgn, entries.tenant) ||
        isBelow(gen, entries.users.get(sub)) ||
        entries.sessions.has(sid))
    )
  }

  /** Forgets what no living token can need. Also done at every change. */
  sweep(): void {
    const now = this.clock.now()
    let done = 0
    while (done < this.#due.length && this.#due[done]!.until <= now)
      this.#forget(this.#due[done++]!.tid, now)
    this.#due.splice(0, done)
  }

  #put(tid: TenantId, write: (entries: TenantEntries, until: Milliseconds) => void): void {
    this.sweep()
    const until = this.clock.now() + memoryMs
    const entries = this.#tenants.get(tid) ?? {
      tenant: null,
      users: new Map(),
      sessions: new Map(),
    }
    write(entries, until)
    this.#tenants.set(tid, entries)
    this.#due.push({ until, tid })
  }

  #forget(tid: TenantId, now: Milliseconds): void {
    const entries = this.#tenants.get(tid)
    if (!entries) return
    if (entries.tenant && entries.tenant.until <= now) entries.tenant = null
    drop(entries.users, now)
    drop(entries.sessions, now)
    if (isEmpty(entries)) this.#tenants.delete(tid)
  }
}

/** Highest generation wins, whatever order the news comes in; the entry moves to the end. */
const rewrite = (
  entries: Map<Uuid, Entry>,
  id: Uuid,
  generation: number,
  until: Milliseconds,
): void => {
  const highest = Math.max(generation, entries.get(id)?.generation ?? 0)
  entries.delete(id)
  entries.set(id, { generation: highest, until })
}
