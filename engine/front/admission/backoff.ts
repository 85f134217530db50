// Counts failures of one kind of subject and answers how long it has to wait. Delays grow, and end: nobody is locked
// out for good. Attempts under way count as failed until they are told to be none, so that a thousand at once are not
// a thousand guesses; who would be the one too many may wait until one of them has ended.
import { LRUCache } from 'lru-cache'
import type { Clock, Milliseconds } from '../../clock.js'

const windowMs: Milliseconds = 60_000
/** Also how long without failure makes delays start from the beginning. */
const longestMs: Milliseconds = 15 * 60_000
/** To wait for attempts under way. */
const momentMs: Milliseconds = 1000

interface Subject {
  failures: number
  pending: number
  windowStart: Milliseconds
  /** How often in a row the limit was reached. */
  strikes: number
  blockedUntil: Milliseconds
}

/** More than these are refused at once. */
const waitingAtMost = 100

export interface Standing {
  /** 0: may try. */
  readonly waitMs: Milliseconds
  /** Only attempts under way stand in the way: see whenOneEnds. */
  readonly isBusy: boolean
  readonly remaining: number
  /** Until the window begins anew. */
  readonly resetMs: Milliseconds
}

export class Backoff {
  readonly #subjects: LRUCache<string, Subject>
  readonly #waiting = new Map<string, (() => void)[]>()

  constructor(
    private readonly clock: Clock,
    readonly limit: number,
    max: number,
  ) {
    this.#subjects = new LRUCache({ max })
  }

  get size(): number {
    return this.#subjects.size
  }

  standing(key: string): Standing {
    const now = this.clock.now()
    const subject = this.#current(key, now)
    if (!subject) return { waitMs: 0, isBusy: false, remaining: this.limit, resetMs: windowMs }
    const blocked = subject.blockedUntil - now
    if (blocked > 0) return { waitMs: blocked, isBusy: false, remaining: 0, resetMs: blocked }
    const remaining = Math.max(0, this.limit - subject.failures - subject.pending)
    const isBusy = remaining === 0
    const resetMs = subject.windowStart + windowMs - now
    return { waitMs: isBusy ? momentMs : 0, isBusy, remaining, resetMs }
  }

  /** Resolves when one of the attempts under way has ended, or after a moment; null: too many wait already. */
  whenOneEnds(key: string): Promise<void> | null {
    const waiting = this.#waiting.get(key) ?? []
    if (waiting.length >= waitingAtMost) return null
    return new Promise((resolve) => {
      const timer = setTimeout(() => wake(), momentMs).unref()
      const wake = (): void => {
        clearTimeout(timer)
        const left = (this.#waiting.get(key) ?? []).filter((other) => other !== wake)
        if (left.length > 0) this.#waiting.set(key, left)
        else this.#waiting.delete(key)
        resolve()
      }
      this.#waiting.set(key, [...waiting, wake])
    })
  }

  begin(key: string): void {
    this.#ensure(key).pending++
  }

  /** It was no failure. */
  release(key: string): void {
    const subject = this.#current(key, this.clock.now())
    if (subject) subject.pending = Math.max(0, subject.pending - 1)
    this.#waiting.get(key)?.[0]?.()
  }

  fail(key: string): void {
    const now = this.clock.now()
    const subject = this.#ensure(key)
    subject.pending = Math.max(0, subject.pending - 1)
    subject.failures++
    if (subject.failures < this.limit) return this.#waiting.get(key)?.[0]?.()
    subject.strikes++
    subject.failures = 0
    subject.blockedUntil = now + Math.min(longestMs, windowMs * 2 ** (subject.strikes - 1))
    subject.windowStart = subject.blockedUntil
    // They are told so.
    for (const wake of this.#waiting.get(key) ?? []) wake()
  }

  #ensure(key: string): Subject {
    const now = this.clock.now()
    const subject = this.#current(key, now) ?? {
      failures: 0,
      pending: 0,
      windowStart: now,
      strikes: 0,
      blockedUntil: 0,
    }
    this.#subjects.set(key, subject)
    return subject
  }

  #current(key: string, now: Milliseconds): Subject | undefined {
    const subject = this.#subjects.get(key)
    if (!subject || now < subject.windowStart + windowMs) return subject
    if (now >= subject.blockedUntil + longestMs) subject.strikes = 0
    subject.failures = 0
    subject.pending = 0
    subject.windowStart = now
    return subject
  }
}
