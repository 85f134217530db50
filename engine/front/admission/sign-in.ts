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

  /** When allowed, one of failed, succeeded and released must follow. */
  check(address: string, tenantHint: string | null, username: string | null): SignInDecision {
    const subjects = this.#subjects(address, tenantHint, username)
    const refusal = this.#refusal(subjects)
    if (refusal) return refusal
    const user = this.#userOf(subjects)
    this.#addresses.begin(subjects.address)
    if (user !== null) this.#users.begin(user)
    return { allowed: true, by: null, retryAfterSeconds: 0, headers: {} }
  }

  /** RateLimit-* of the narrower limit as it is now. */
  headers(
    address: string,
    tenantHint: string | null,
    username: string | null,
  ): Readonly<Record<string, string>> {
    const subjects = this.#subjects(address, tenantHint, username)
    const refusal = this.#refusal(subjects)
    if (refusal) return refusal.headers
    const user = this.#userOf(subjects)
    return user === null
      ? headersOf(this.#addresses.limit, this.#addresses.standing(subjects.address))
      : headersOf(this.#users.limit, this.#users.standing(user))
  }

  failed(address: string, tenantHint: string | null, username: string | null): void {
    const subjects = this.#subjects(address, tenantHint, username)
    const user = this.#userOf(subjects)
    this.#addresses.fail(subjects.address)
    if (user !== null) this.#users.fail(user)
  }

  succeeded(address: string, tenantHint: string | null, username: string | null): void {
    this.released(address, tenantHint, username)
    const { usersNetwork } = this.#subjects(address, tenantHint, username)
    if (usersNetwork !== null) this.#known.set(usersNetwork, true)
  }

  /** Neither: the attempt was not carried out (503, malformed). */
  released(address: string, tenantHint: string | null, username: string | null): void {
    const subjects = this.#subjects(address, tenantHint, username)
    const user = this.#userOf(subjects)
    this.#addresses.release(subjects.address)
    if (user !== null) this.#users.release(user)
  }

  /** Null: neither limit is reached. */
  #refusal(subjects: Subjects): SignInDecision | null {
    const user = this.#userOf(subjects)
    const byAddress = this.#addresses.standing(subjects.address)
    if (byAddress.waitMs > 0) return refused('address', this.#addresses.limit, byAddress)
    const byUser = user === null ? null : this.#users.standing(user)
    return byUser && byUser.waitMs > 0 ? refused('user', this.#users.limit, byUser) : null
  }

  #userOf({ user, usersNetwork }: Subjects): string | null {
    return usersNetwork !== null && this.#known.get(usersNetwork) ? usersNetwork : user
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

const refused = (by: 'address' | 'user', limit: number, standing: Standing): SignInDecision => ({
  allowed: false,
  by,
  retryAfterSeconds: seconds(standing.waitMs),
  headers: headersOf(limit, standing),
})
