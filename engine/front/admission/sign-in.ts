// Limits failed sign-ins by address and by (tenant, user) (SPEC §7, FORMATS §8). It must never keep a name: subjects
// are hashes under a key of this process. A network that signed in as that user before is not held up by others.
import { createHmac, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../clock.js'
import { Backoff, type Standing } from './backoff.js'
import { addressKey, networkOf } from './network.js'

export interface SignInLimits {
  readonly clock: Clock
  /** Failed attempts a minute. */
  readonly perAddress: number
  readonly perUser: number
  /** Subjects of each kind remembered. */
  readonly max: number
}

export interface SignInDecision {
  readonly allowed: boolean
  /** Which limit holds it up. */
  readonly by: 'address' | 'user' | null
  /** 0 when allowed. */
  readonly retryAfterSeconds: number
  /** May be asked again then, since only attempts under way stand in the way; null: it is refused. */
  readonly soon: Promise<void> | null
  /** Retry-After and RateLimit-* of a refusal. Alike for names that exist and names that do not. */
  readonly headers: Readonly<Record<string, string>>
}

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000)

const headersOf = (limit: number, { waitMs, remaining, resetMs }: Standing) => ({
  'ratelimit-limit': String(limit),
  'ratelimit-remaining': String(waitMs > 0 ? 0 : remaining),
  'ratelimit-reset': String(seconds(Math.max(waitMs, resetMs))),
  ...(waitMs > 0 ? { 'retry-after': String(seconds(waitMs)) } : {}),
})

interface Subjects {
  readonly address: string
  /** Null when nobody is named. */
  readonly user: string | null
  readonly usersNetwork: string | null
}

export class SignInLimiter {
  readonly #key = randomBytes(32)
  readonly #addresses: Backoff
  readonly #users: Backoff
  /** (tenant, user, network) that signed in before, each with a count of its own. */
  readonly #known: LRUCache<string, true>

  constructor({ clock, perAddress, perUser, max }: SignInLimits) {
    this.#addresses = new Backoff(clock, perAddress, max)
    this.#users = new Backoff(clock, perUser, max)
    this.#known = new LRUCache({ max })
  }

  /** Subjects remembered, for the test that memory is bounded. */
  get size(): number {
    return this.#addresses.size + this.#users.size + this.#known.size
  }

  /** Of whoever says so, from there; nothing is counted before it is begun. */
  attempt(address: string, tenantHint: string | null, username: string | null): SignInAttempt {
    const parts = { addresses: this.#addresses, users: this.#users, known: this.#known }
    return new SignInAttempt(parts, this.#subjects(address, tenantHint, username))
  }

  #subjects(address: string, tenantHint: string | null, username: string | null): Subjects {
    const named =
      username === null ? null : [tenantHint?.toLowerCase() ?? null, username.toLowerCase()]
    return {
      address: this.#hash(['address', addressKey(address)]),
      user: named && this.#hash(['user', ...named]),
      usersNetwork: named && this.#hash(['network', ...named, networkOf(address)]),
    }
  }

  #hash(parts: readonly (string | null)[]): string {
    const mac = createHmac('sha256', this.#key).update(JSON.stringify(parts))
    return mac.digest('base64url').slice(0, 24)
  }
}

interface Counts {
  readonly addresses: Backoff
  readonly users: Backoff
  readonly known: LRUCache<string, true>
}

/** One sign-in: begun, perhaps again after a wait, and, when that was allowed, ended once. */
export class SignInAttempt {
  /** What it is counted as, from its begin to its end: its network may become known meanwhile. */
  #user: string | null = null

  constructor(
    private readonly counts: Counts,
    private readonly subjects: Subjects,
  ) {}

  /** When allowed, one of failed, succeeded and released must follow. */
  begin(): SignInDecision {
    const { addresses, users, known } = this.counts
    const { address, user, usersNetwork } = this.subjects
    this.#user = usersNetwork !== null && known.get(usersNetwork) ? usersNetwork : user
    const refusal = this.#refusal()
    if (refusal) return { ...refusal, soon: this.#soon(refusal) }
    addresses.begin(address)
    if (this.#user !== null) users.begin(this.#user)
    return { allowed: true, by: null, soon: null, retryAfterSeconds: 0, headers: {} }
  }

  failed(): void {
    this.counts.addresses.fail(this.subjects.address)
    if (this.#user !== null) this.counts.users.fail(this.#user)
  }

  succeeded(): void {
    this.released()
    const { usersNetwork } = this.subjects
    if (usersNetwork !== null) this.counts.known.set(usersNetwork, true)
  }

  /** Neither: the attempt was not carried out (503, malformed). */
  released(): void {
    this.counts.addresses.release(this.subjects.address)
    if (this.#user !== null) this.counts.users.release(this.#user)
  }

  /** RateLimit-* of the narrower limit as it is now. */
  headers(): Readonly<Record<string, string>> {
    const { addresses, users } = this.counts
    const refusal = this.#refusal()
    if (refusal) return refusal.headers
    return this.#user === null
      ? headersOf(addresses.limit, addresses.standing(this.subjects.address))
      : headersOf(users.limit, users.standing(this.#user))
  }

  /** Null: neither limit is reached. */
  #refusal(): Refusal | null {
    const { addresses, users } = this.counts
    const byAddress = addresses.standing(this.subjects.address)
    if (byAddress.waitMs > 0) return refused('address', addresses.limit, byAddress)
    const byUser = this.#user === null ? null : users.standing(this.#user)
    return byUser && byUser.waitMs > 0 ? refused('user', users.limit, byUser) : null
  }

  #soon({ by, isBusy }: Refusal): Promise<void> | null {
    if (!isBusy) return null
    return by === 'user' && this.#user !== null
      ? this.counts.users.whenOneEnds(this.#user)
      : this.counts.addresses.whenOneEnds(this.subjects.address)
  }
}

interface Refusal extends Omit<SignInDecision, 'soon'> {
  readonly by: 'address' | 'user'
  readonly isBusy: boolean
}

const refused = (by: Refusal['by'], limit: number, standing: Standing): Refusal => ({
  allowed: false,
  by,
  isBusy: standing.isBusy,
  retryAfterSeconds: seconds(standing.waitMs),
  headers: headersOf(limit, standing),
})
