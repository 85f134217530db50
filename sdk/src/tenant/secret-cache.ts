// Secrets kept in memory for a short while, by entry id and by path. Off unless asked for: what it answers is not
// audited, and a right that was taken away still reads until the time is over.
import type { Clock } from '../clock.js'
import type { Secret } from '../generated/schemas.js'

/** Of the cache of secrets. */
export interface SecretCacheOptions {
  /** How long a secret may be answered from memory; at most five minutes. */
  readonly ttlMs: number
  /** The oldest leaves when there are more; 1000. */
  readonly maxEntries?: number | undefined
}

interface Kept {
  readonly secret: Secret
  readonly endsAt: number
}

const longestMs = 300_000

const copyOf = (secret: Secret): Secret => ({ ...secret, fields: { ...secret.fields } })

export class SecretCache {
  readonly #clock: Clock
  readonly #ttlMs: number
  readonly #maxEntries: number
  // In the order of their ends: all live equally long.
  readonly #kept = new Map<string, Kept>()
  #changes = 0
  #cancelSweep: (() => void) | null = null

  constructor({ ttlMs, maxEntries = 1000 }: SecretCacheOptions, clock: Clock) {
    if (!(ttlMs > 0 && ttlMs <= longestMs))
      throw new RangeError(`cache.ttlMs must be more than 0 and at most ${longestMs}`)
    if (!(Number.isInteger(maxEntries) && maxEntries > 0))
      throw new RangeError('cache.maxEntries must be a whole number from 1')
    this.#clock = clock
    this.#ttlMs = ttlMs
    this.#maxEntries = maxEntries
  }

  get size(): number {
    return this.#kept.size
  }

  async through(key: string, read: () => Promise<Secret>): Promise<Secret> {
    const kept = this.#kept.get(key)
    if (kept !== undefined && this.#clock.now() < kept.endsAt) return copyOf(kept.secret)
    const changes = this.#changes
    const secret = await read()
    // A read that began before a change must not bring the old secret back.
    if (changes === this.#changes) this.#keep(key, copyOf(secret))
    return secret
  }

  /** Forgets an entry under its id and under every path that led to it. */
  forget(id: string): void {
    this.#changes++
    for (const [key, { secret }] of this.#kept) if (secret.id === id) this.#kept.delete(key)
  }

  clear(): void {
    this.#changes++
    this.#kept.clear()
    this.#cancelSweep?.()
    this.#cancelSweep = null
  }

  #keep(key: string, secret: Secret): void {
    this.#kept.delete(key)
    const [oldest] = this.#kept.size >= this.#maxEntries ? this.#kept.keys() : []
    if (oldest !== undefined) this.#kept.delete(oldest)
    this.#kept.set(key, { secret, endsAt: this.#clock.now() + this.#ttlMs })
    this.#cancelSweep ??= this.#sweepLater(this.#ttlMs)
  }

  /** Without this a secret that nobody asks for again would stay in memory for as long as the client. */
  #sweepLater(milliseconds: number): () => void {
    return this.#clock.after(milliseconds, () => this.#sweep(), true)
  }

  #sweep(): void {
    this.#cancelSweep = null
    const now = this.#clock.now()
    for (const [key, { endsAt }] of this.#kept) {
      if (endsAt > now) {
        this.#cancelSweep = this.#sweepLater(endsAt - now)
        return
      }
      this.#kept.delete(key)
    }
  }
}
