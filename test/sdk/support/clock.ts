// A clock that tests move. What sleeps less than a minute wakes at once, and the time has passed; a longer timer (the
// time-out of a call) or one in the background waits for advance().
import type { Clock } from '../../../sdk/src/index.js'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** Of the calls in tests: long enough to be told from a sleep. */
export const callTimeout = 60_000

export class TestClock implements Clock {
  #now = Date.parse('2026-01-31T09:15:00.000Z')
  readonly #timers = new Set<Timer>()
  /** The lengths of all sleeps. */
  readonly slept: number[] = []
  /** Told of each sleep; when it answers 'stay', only advance() wakes. */
  onSleep: () => 'wake' | 'stay' = () => 'wake'

  now(): number {
    return this.#now
  }

  get pending(): number {
    return this.#timers.size
  }

  after(milliseconds: number, callback: () => void, background = false): () => void {
    const timer = { at: this.#now + milliseconds, callback }
    this.#timers.add(timer)
    if (!background && milliseconds < callTimeout) {
      this.slept.push(milliseconds)
      if (this.onSleep() === 'stay') return () => void this.#timers.delete(timer)
      queueMicrotask(() => {
        if (!this.#timers.delete(timer)) return
        this.#now = Math.max(this.#now, timer.at)
        callback()
      })
    }
    return () => void this.#timers.delete(timer)
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
    for (const timer of [...this.#timers])
      if (timer.at <= this.#now && this.#timers.delete(timer)) timer.callback()
  }
}
