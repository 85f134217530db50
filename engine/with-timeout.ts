// A limit of time for what need not end well.
import { setTimeout as delay } from 'node:timers/promises'
import type { Milliseconds } from './clock.js'

/** Whether `work` has ended, one way or the other, after `limit` at the latest. Never rejects. */
export const withTimeout = async (
  limit: Milliseconds,
  work: Promise<unknown>,
): Promise<boolean> => {
  const over = new AbortController()
  const ended = work
    .catch(() => undefined)
    .then(() => {
      over.abort()
      return true
    })
  const late = delay(Math.max(0, limit), false, { signal: over.signal }).catch(() => true)
  return Promise.race([ended, late])
}
