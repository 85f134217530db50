// Who has a signature checked, and when. Forgeries cost their network from a budget; once it is gone, the network's
// tokens are checked a few at a time instead of all at once, never refused unseen: a good one of a neighbour, a colleague
// behind the same address even, has its turn among them. Nothing is remembered of a token that was no good.
import { LRUCache } from 'lru-cache'
import type { Clock, Milliseconds } from '../../clock.js'
import type { AccessClaims } from '../../task/item.js'
import { Bulkhead, type BulkheadOptions } from './bulkhead.js'
import type { FailureBudget } from './failure-budget.js'
import { addressKey, networkOf } from '../../network.js'

export interface SignatureChecksOptions {
  readonly budget: FailureBudget
  readonly clock: Clock
  /** Checks of networks within their budget. */
  readonly prompt: BulkheadOptions
  /** Of all the others together. */
  readonly limited: BulkheadOptions
  /** Networks, and users, remembered. */
  readonly max: number
}

/**
 * A check takes 0.1–0.3 ms of a thread of libuv's four, which sign new tokens too: two are left to whoever keeps within
 * the budget. With 500 in front a check is answered within about a second.
 */
export const signatureCheckDefaults = {
  prompt: { atOnce: 4, waiting: 1000 },
  limited: { atOnce: 2, waiting: 500 },
  max: 10_000,
} as const

/** How long a network, or a user, that showed a good token or was given one has a place of its own. */
const recentMs: Milliseconds = 60 * 60_000

/** Null: no good. `throttled`: too many wait, and this one was not looked at. */
export type Checked = AccessClaims | null | 'throttled'

type Check = () => Promise<AccessClaims | null>

const userOf = ({ tid, sub }: AccessClaims): string => `${tid}|${sub}`

export class SignatureChecks {
  readonly #prompt: Bulkhead
  readonly #limited: Bulkhead
  /** Of good tokens, and of those about to be handed out, so that nobody without one writes here. */
  readonly #networks: LRUCache<string, true>
  readonly #users: LRUCache<string, true>

  constructor(private readonly options: SignatureChecksOptions) {
    const { prompt, limited, max, clock } = options
    this.#prompt = new Bulkhead(prompt)
    this.#limited = new Bulkhead(limited)
    const recent = { max, ttl: recentMs, ttlResolution: 0, perf: clock }
    this.#networks = new LRUCache(recent)
    this.#users = new LRUCache(recent)
  }

  get waiting(): number {
    return this.#prompt.waiting + this.#limited.waiting
  }

  /** `claims` are those of the token as it was read: they choose a place in the queue and nothing else. */
  async run(address: string, claims: AccessClaims, check: Check): Promise<Checked> {
    const { budget } = this.options
    // Taken before, given back after: many at once must not slip through.
    const isPrompt = budget.take(address)
    const bulkhead = isPrompt ? this.#prompt : this.#limited
    const checked = await bulkhead.run(this.#pathOf(address, claims), check)
    if (isPrompt && checked !== null) budget.giveBack(address)
    if (checked === 'full') return 'throttled'
    if (checked) this.expect(address, checked)
    return checked
  }

  /** A token of these claims was good, or is handed out to this address: it will show another. */
  expect(address: string, claims: AccessClaims): void {
    this.#networks.set(networkOf(address), true)
    this.#users.set(userOf(claims), true)
  }

  /**
   * Turns go round among networks known and not, then networks, then addresses. Behind one address a user who was here
   * lately has a turn of their own; all others share one, since whoever forges invents users at will.
   */
  #pathOf(address: string, claims: AccessClaims): readonly string[] {
    const network = networkOf(address)
    const user = userOf(claims)
    return [
      this.#networks.has(network) ? 'known' : 'new',
      network,
      addressKey(address),
      this.#users.has(user) ? user : '',
    ]
  }
}
