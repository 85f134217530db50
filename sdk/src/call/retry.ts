// When a read is sent again: after 429, 503 and network faults, a bounded number of times, never past the call's
// deadline. Full jitter, so that many clients that failed together do not come back together.
import { NetworkError, RpPamError, UnexpectedAnswerError } from '../errors.js'
import type { Settings } from '../options.js'
import type { Scope } from './scope.js'

const baseMs = 200
const longestMs = 5000

const isBusy = (error: unknown): error is RpPamError | UnexpectedAnswerError =>
  (error instanceof RpPamError || error instanceof UnexpectedAnswerError) &&
  (error.status === 429 || error.status === 503)

/** Milliseconds before the next attempt, or null when there must be none. `attempt` counts those made. */
export const delayAfter = (
  error: unknown,
  attempt: number,
  { maxAttempts, random }: Pick<Settings, 'maxAttempts' | 'random'>,
): number | null => {
  if (attempt >= maxAttempts) return null
  if (!(error instanceof NetworkError) && !isBusy(error)) return null
  const jitter = random() * Math.min(longestMs, baseMs * 2 ** (attempt - 1))
  // On top of what was asked for, never less.
  return (isBusy(error) ? (error.retryAfterMs ?? 0) : 0) + jitter
}

export const retrying = async <T>(
  settings: Settings,
  scope: Scope,
  attempt: () => Promise<T>,
): Promise<T> => {
  for (let made = 1; ; made++) {
    try {
      return await attempt()
    } catch (error) {
      const delay = delayAfter(error, made, settings)
      // A wait that the deadline would cut short helps nobody; the engine's own words do.
      if (delay === null || settings.clock.now() + delay >= scope.deadline) throw error
      await scope.sleep(delay)
    }
  }
}
