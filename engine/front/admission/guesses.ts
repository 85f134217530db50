// At most so many guesses an hour at what one named tenant's claim code is (FORMATS §8), in any hour and not only by the
// clock's. It knows names by their hash, and nothing of whether they exist. Bounded memory: of too many names the one
// that nobody guessed at for longest is forgotten.
import { LRUCache } from 'lru-cache'
import type { Clock, Milliseconds } from '../../clock.js'

const hourMs: Milliseconds = 3_600_000

export class Guesses {
  /** When each was begun, the oldest first. */
  readonly #times: LRUCache<string, readonly Milliseconds[]>

  constructor(
    private readonly clock: Clock,
    readonly perHour: number,
    max: number,
  ) {
    this.#times = new LRUCache({ max })
  }

  get size(): number {
    return this.#times.size
  }

  /** How long until one more may be made; 0: now. */
  waitMs(name: string): Milliseconds {
    const times = this.#recent(name)
    return times.length < this.perHour ? 0 : this.resetMs(name)
  }

  /** How long until the oldest that counts does no longer. */
  resetMs(name: string): Milliseconds {
    const [oldest] = this.#recent(name)
    return oldest === undefined ? hourMs : oldest + hourMs - this.clock.now()
  }

  remaining(name: string): number {
    return Math.max(0, this.perHour - this.#recent(name).length)
  }

  /** One is under way: it counts until it turns out to be none. Answers when it began. */
  begin(name: string): Milliseconds {
    const now = this.clock.now()
    this.#times.set(name, [...this.#recent(name), now])
    return now
  }

  /** It was no wrong guess. */
  release(name: string, began: Milliseconds): void {
    const times = [...this.#recent(name)]
    const at = times.indexOf(began)
    if (at >= 0) times.splice(at, 1)
    this.#times.set(name, times)
  }

  #recent(name: string): readonly Milliseconds[] {
    const since = this.clock.now() - hourMs
    return (this.#times.get(name) ?? []).filter((time) => time > since)
  }
}
