// Limits failed sign-ins by address and by (tenant, user), and guesses at a tenant's claim code (SPEC §7, FORMATS §8). It
// must never keep a name: subjects are hashes under a key of this process. It never learns whether a name exists. Who
// comes from a network that is known to the tenant is held up neither by their address nor by what others try with
// their name; they have a count of their own.
import { createHmac, randomBytes } from 'node:crypto'
import type { Clock, Milliseconds } from '../../clock.js'
import { addressKey, networkOf } from '../../network.js'
import { Backoff, type Standing } from './backoff.js'
import { Guesses } from './guesses.js'

export interface SignInLimits {
  readonly clock: Clock
  /** Failed attempts a minute. */
  readonly perAddress: number
  readonly perUser: number
  /** Subjects of each kind remembered. */
  readonly max: number
}

/** Wrong guesses at the claim code of one named tenant. */
const claimGuessesPerHour = 5

export interface SignInDecision {
  readonly allowed: boolean
  /** Which limit holds it up. */
  readonly by: 'address' | 'user' | 'claim' | null
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

interface Counters {
  readonly addresses: Backoff
  readonly users: Backoff
  readonly guesses: Guesses
}

/** One limit as it stands for one attempt. */
interface Count {
  readonly by: 'address' | 'user'
  readonly counter: Backoff
  readonly key: string
}

interface Subjects {
  /** What strangers are judged by, the narrower limit last. */
  readonly strangers: readonly Count[]
  /** What those are judged by who come from a known network. */
  readonly own: Count
  readonly claim: string | null
}

export class SignInLimiter {
  readonly #key = randomBytes(32)
  readonly #counters: Counters
  /** Counts of one network alone, as if it were known. */
  readonly #own: Pick<Counters, 'addresses' | 'users'>

  constructor({ clock, perAddress, perUser, max }: SignInLimits) {
    this.#counters = {
      addresses: new Backoff(clock, perAddress, max),
      users: new Backoff(clock, perUser, max),
      guesses: new Guesses(clock, claimGuessesPerHour, max),
    }
    this.#own = {
      addresses: new Backoff(clock, perAddress, max),
      users: new Backoff(clock, perUser, max),
    }
  }

  /** Subjects remembered, for the test that memory is bounded. */
  get size(): number {
    const { addresses, users, guesses } = this.#counters
    return (
      addresses.size + users.size + guesses.size + this.#own.addresses.size + this.#own.users.size
    )
  }

  /**
   * Of whoever says so, from there; nothing is counted before it is begun. `tenantHint` as it was named, null for the
   * management plane; `username` null when nobody is named.
   */
  attempt(
    address: string,
    tenantHint: string | null,
    username: string | null,
    isClaim = false,
  ): SignInAttempt {
    const subjects = this.#subjects(address, tenantHint?.toLowerCase() ?? null, username, isClaim)
    return new SignInAttempt(this.#counters.guesses, subjects)
  }

  #subjects(
    address: string,
    code: string | null,
    username: string | null,
    isClaim: boolean,
  ): Subjects {
    const { addresses, users } = this.#counters
    const network = networkOf(address)
    const byAddress = this.#count('address', addresses, ['address', addressKey(address)])
    const claim = isClaim ? this.#hash(['claim', code]) : null
    if (username === null) {
      const own = this.#count('address', this.#own.addresses, ['own', code, network])
      return { strangers: [byAddress], own, claim }
    }
    const named = [code, username.toLowerCase()]
    const byUser = this.#count('user', users, ['user', ...named])
    const own = this.#count('user', this.#own.users, ['own', ...named, network])
    return { strangers: [byAddress, byUser], own, claim }
  }

  #count(by: Count['by'], counter: Backoff, parts: readonly (string | null)[]): Count {
    return { by, counter, key: this.#hash(parts) }
  }

  #hash(parts: readonly (string | null)[]): string {
    const mac = createHmac('sha256', this.#key).update(JSON.stringify(parts))
    return mac.digest('base64url').slice(0, 24)
  }
}

/** One sign-in: begun, perhaps again after a wait, and, when that was allowed, ended once. */
export class SignInAttempt {
  #judged: readonly Count[]
  /** What it is counted in, from its begin to its end. */
  #counted: readonly Count[] = []
  #guessed: Milliseconds | null = null

  constructor(
    private readonly guesses: Guesses,
    private readonly subjects: Subjects,
  ) {
    this.#judged = subjects.strangers
  }

  /** When allowed, one of failed and released must follow. `isKnown`: the network is known to the tenant. */
  begin(isKnown = false): SignInDecision {
    const { strangers, own, claim } = this.subjects
    this.#judged = isKnown ? [own] : strangers
    const refusal = this.#refusal()
    if (refusal) return { ...refusal.decision, soon: soonOf(refusal) }
    // A network that turns out to be known has used up of its own what it tried as a stranger.
    this.#counted = isKnown ? [own] : [...strangers, own]
    for (const { counter, key } of this.#counted) counter.begin(key)
    if (claim !== null) this.#guessed = this.guesses.begin(claim)
    return { allowed: true, by: null, soon: null, retryAfterSeconds: 0, headers: {} }
  }

  failed(): void {
    for (const { counter, key } of this.#counted) counter.fail(key)
  }

  /** It was no failure: let in, or not carried out (503, malformed). */
  released(): void {
    const { claim } = this.subjects
    for (const { counter, key } of this.#counted) counter.release(key)
    if (claim !== null && this.#guessed !== null) this.guesses.release(claim, this.#guessed)
  }

  /** RateLimit-* of the narrower limit as it is now. */
  headers(): Readonly<Record<string, string>> {
    const refusal = this.#refusal()
    if (refusal) return refusal.decision.headers
    const { claim } = this.subjects
    if (claim !== null) return headersOf(this.guesses.perHour, this.#guessing(claim))
    const { counter, key } = this.#judged.at(-1)!
    return headersOf(counter.limit, counter.standing(key))
  }

  /** Null: no limit is reached. */
  #refusal(): Refusal | null {
    for (const count of this.#judged) {
      const standing = count.counter.standing(count.key)
      if (standing.waitMs > 0) return refusalOf(count.by, count.counter.limit, standing, count)
    }
    const { claim } = this.subjects
    const guessing = claim === null ? null : this.#guessing(claim)
    return guessing && guessing.waitMs > 0
      ? refusalOf('claim', this.guesses.perHour, guessing, null)
      : null
  }

  #guessing(name: string): Standing {
    const waitMs = this.guesses.waitMs(name)
    const remaining = this.guesses.remaining(name)
    return { waitMs, isBusy: false, remaining, resetMs: this.guesses.resetMs(name) }
  }
}

interface Refusal {
  readonly decision: Omit<SignInDecision, 'soon'>
  /** Only attempts under way stand in the way: those counted here. */
  readonly busy: Count | null
}

const refusalOf = (
  by: NonNullable<SignInDecision['by']>,
  limit: number,
  standing: Standing,
  count: Count | null,
): Refusal => ({
  decision: {
    allowed: false,
    by,
    retryAfterSeconds: seconds(standing.waitMs),
    headers: headersOf(limit, standing),
  },
  busy: standing.isBusy ? count : null,
})

const soonOf = ({ busy }: Refusal): Promise<void> | null =>
  busy ? busy.counter.whenOneEnds(busy.key) : null
