// The time of one call: it ends by its deadline, by the caller's signal, or with its work. Leaves no timer and no
// listener behind.
import type { Clock } from '../clock.js'
import { onAbort } from './abort.js'

export interface Scope {
  /** Aborted at the deadline and when the caller's signal is. */
  readonly signal: AbortSignal
  /** When the time is over, in the clock's milliseconds. */
  readonly deadline: number
  sleep(milliseconds: number): Promise<void>
}

export interface ScopeInit {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly timedOut: () => Error
}

const sleeping = (clock: Clock, signal: AbortSignal, milliseconds: number): Promise<void> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const stop = (): void => {
      cancel()
      reject(signal.reason)
    }
    const cancel = clock.after(milliseconds, () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
    signal.addEventListener('abort', stop, { once: true })
  })

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

export const withinScope = async <T>(
  { clock, timeoutMs, signal: outer, timedOut }: ScopeInit,
  work: (scope: Scope) => Promise<T>,
): Promise<T> => {
  outer?.throwIfAborted()
  const controller = new AbortController()
  const { signal } = controller
  const forget = outer && onAbort(outer, () => controller.abort(outer.reason))
  const cancel = clock.after(timeoutMs, () => controller.abort(timedOut()))
  const scope: Scope = {
    signal,
    deadline: clock.now() + timeoutMs,
    sleep: (milliseconds) => sleeping(clock, signal, milliseconds),
  }
  try {
    // Raced, because the work may hang on what hears no signal: another caller's renewal, a fetch of the user's own.
    return await Promise.race([work(scope), aborted(signal)])
  } finally {
    cancel()
    forget?.()
  }
}
