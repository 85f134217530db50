// Time, passed in so that tests decide what it is. A timer of the SDK never outlives the call that waits for it,
// except in the background, where it must not keep a process alive.

/** What the SDK takes the time from, and sets its timers with. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls back once, after that many milliseconds; answers how to cancel. */
  after(milliseconds: number, callback: () => void, background?: boolean): () => void
}

/** What a timer is depends on where this runs: a number in browsers, an object in Node. */
const unreference = (timer: unknown): void => {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer)
    (timer as { unref(): void }).unref()
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, callback, background = false) => {
    const timer = setTimeout(callback, milliseconds)
    if (background) unreference(timer)
    return () => clearTimeout(timer)
  },
}
