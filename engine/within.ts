// A limit of time for what need not end well.
import { setTimeout as delay } from 'node:timers/promises'
import type { Milliseconds } from './clock.js'

/** Resolves when `work` has ended, one way or the other, or after `limit`. Never rejects. */
export const within = async (limit: Milliseconds, work: Promise<unknown>): Promise<void> => {
  const over = new AbortController()
  const ended = work.catch(() => undefined).finally(() => over.abort())
  await Promise.race([ended, delay(limit, undefined, { signal: over.signal })]).catch(
    () => undefined,
  )
}
