// Waiting for an operation: asked about until it is over, as often as the engine says.
import type { Caller } from '../call/caller.js'
import { withinScope } from '../call/scope.js'
import type { Operation, SucceededOperation } from '../contract.js'
import { OperationFailedError, TimeoutError, retryAfterOf } from '../errors.js'
import { getOperation } from '../generated/calls.js'
import { type CallOptions, milliseconds } from '../options.js'

/** Of a wait for an operation's end. */
export interface WaitOptions extends CallOptions {
  /** For the whole wait; ten minutes. */
  readonly timeoutMs?: number | undefined
  /** Told each state that is not the last. */
  readonly onProgress?: ((operation: Operation) => void) | undefined
}

const defaultWaitMs = 600_000
const pollMs = 1000
const shortestPollMs = 100

const hasSucceeded = (operation: Operation): operation is SucceededOperation =>
  operation.status === 'succeeded'

/** The operation when it has succeeded; rejects with OperationFailedError when it has failed. */
export const waitFor = (
  caller: Caller,
  operationId: string,
  { signal, onProgress, timeoutMs: wanted = defaultWaitMs }: WaitOptions,
): Promise<SucceededOperation> => {
  const { clock } = caller.settings
  const timeoutMs = milliseconds(wanted)
  const timedOut = (): Error => new TimeoutError('getOperation', timeoutMs)
  return withinScope({ clock, timeoutMs, signal, timedOut }, async (scope) => {
    for (;;) {
      const { data, headers } = await getOperation(caller, operationId, { signal: scope.signal })
      if (data.status === 'failed') throw new OperationFailedError(data)
      if (hasSucceeded(data)) return data
      onProgress?.(data)
      const asked = retryAfterOf(headers, clock.now()) ?? pollMs
      await scope.sleep(Math.max(shortestPollMs, asked))
    }
  })
}
