// A token bucket a network: how many failed verifications it may cost us. Bounded memory: of too many networks the
// one that was quiet for longest is forgotten.
import { LRUCache } from 'lru-cache'
import type { Clock, Milliseconds } from '../../clock.js'
import { networkOf } from '../../network.js'

interface Bucket {
  level: number
  time: Milliseconds
}

export interface FailureBudgetOptions {
  readonly clock: Clock
  /** Failures at once. */
  readonly burst: number
  readonly perSecond: number
  /** Networks remembered. */
  readonly max: number
}

export const failureBudgetDefaults = { burst: 100, perSecond: 2, max: 10_000 } as const

export class FailureBudget {
  readonly #buckets: LRUCache<string, Bucket>

  constructor(private readonly options: FailureBudgetOptions) {
    this.#buckets = new LRUCache({ max: options.max })
  }

  get size(): number {
    return this.#buckets.size
  }

  /** False when the network has nothing left. */
  take(address: string): boolean {
    const bucket = this.#bucketOf(networkOf(address))
    if (bucket.level < 1) return false
    bucket.level -= 1
    return true
  }

  /** It was no failure. */
  giveBack(address: string): void {
    const bucket = this.#bucketOf(networkOf(address))
    bucket.level = Math.min(this.options.burst, bucket.level + 1)
  }

  #bucketOf(network: string): Bucket {
    const { clock, burst, perSecond } = this.options
    const now = clock.now()
    const bucket = this.#buckets.get(network) ?? { level: burst, time: now }
    const gained = (Math.max(0, now - bucket.time) * perSecond) / 1000
    bucket.level = Math.min(burst, bucket.level + gained)
    bucket.time = now
    this.#buckets.set(network, bucket)
    return bucket
  }
}
