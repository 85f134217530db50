// How the engine's own work waits for what passes: a database that is away, a log that cannot be written just now.
import pRetry from 'p-retry'
import type { ErrorCode } from '../../errors.js'
import { codeOf } from '../request/refusal.js'

/** About half a minute together. */
const retryPolicy = { retries: 10, minTimeout: 250, maxTimeout: 5_000, randomize: true } as const

const passingCodes: ReadonlySet<ErrorCode> = new Set([
  'audit_unavailable',
  'control_unavailable',
  'database_unavailable',
  'overloaded',
])

/** What another try may find mended. */
export const isPassing = (error: unknown): boolean => passingCodes.has(codeOf(error))

/** Rejects with the signal's reason when that is aborted, with `work`'s error when it does not pass. */
export const withRetries = <T>(
  signal: AbortSignal,
  work: () => Promise<T>,
  mayPass: (error: unknown) => boolean = isPassing,
): Promise<T> =>
  pRetry(work, { ...retryPolicy, signal, shouldRetry: ({ error }) => mayPass(error) })
