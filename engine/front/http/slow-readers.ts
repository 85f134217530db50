// The answers whose readers have not taken them yet. A reader that takes nothing for too long is cut off, so that what
// it was sent can be wiped and forgotten; one that takes a little now and then is not. One timer looks after all.
import type { Clock, Milliseconds } from '../../clock.js'

export interface SlowAnswer {
  /** Offers the socket what is left. Answers how much of the answer has been taken by now: it only grows. */
  push(): number
  /** Closes the connection; the answer takes itself off the list. */
  cut(): void
}

interface Progress {
  taken: number
  since: Milliseconds
}

export class SlowReaders {
  readonly #waiting = new Map<SlowAnswer, Progress>()

  constructor(
    /** Of durations: monotonic. */
    private readonly clock: Clock,
    private readonly limit: Milliseconds,
  ) {}

  get waiting(): number {
    return this.#waiting.size
  }

  add(answer: SlowAnswer, taken: number): void {
    if (!this.#waiting.has(answer)) this.#waiting.set(answer, { taken, since: this.clock.now() })
  }

  remove(answer: SlowAnswer): void {
    this.#waiting.delete(answer)
  }

  /**
   * Once a second. It also offers the rest: the system calls a socket writable only when a third of its buffer is free,
   * which on a slow line may take longer than the limit.
   */
  sweep(): void {
    if (this.#waiting.size === 0) return
    const now = this.clock.now()
    for (const [answer, progress] of this.#waiting) this.#look(answer, progress, now)
  }

  #look(answer: SlowAnswer, progress: Progress, now: Milliseconds): void {
    const taken = answer.push()
    if (taken > progress.taken) {
      progress.taken = taken
      progress.since = now
    } else if (now - progress.since >= this.limit && this.#waiting.delete(answer)) answer.cut()
  }
}
