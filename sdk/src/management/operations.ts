// Work that takes longer than a request: asked about until it is over, as often as the engine says.
import type { Caller } from '../call/caller.js'
import type { Reply } from '../call/exchange.js'
import { withinScope } from '../call/scope.js'
import type { Operation } from '../contract.js'
import { OperationFailedError, TimeoutError, retryAfterOf } from '../errors.js'
import { type CallOptions, milliseconds } from '../options.js'

export interface WaitOptions extends CallOptions {
  /** For the whole wait; ten minutes. */
  readonly timeoutMs?: number | undefined
  /** Told each state that is not the last. */
  readonly onProgress?: ((operation: Operation) => void) | undefined
}

const defaultWaitMs = 600_000
const pollMs = 1000
const shortestPollMs = 100

export class Operations {
  readonly #caller: Caller

  constructor(caller: Caller) {
    this.#caller = caller
  }

  async get(operationId: string, options: CallOptions = {}): Promise<Operation> {
    return (await this.#read(operationId, options)).data
  }

  /** The operation when it has succeeded; rejects with OperationFailedError when it has failed. */
  wait(operationId: string, options: WaitOptions = {}): Promise<Operation> {
    const { signal, onProgress } = options
    const { clock } = this.#caller.settings
    const timeoutMs = milliseconds(options.timeoutMs ?? defaultWaitMs)
    const timedOut = (): Error => new TimeoutError('getOperation', timeoutMs)
    return withinScope({ clock, timeoutMs, signal, timedOut }, async (scope) => {
      for (;;) {
        const { data, headers } = await this.#read(operationId, { signal: scope.signal })
        if (data.status === 'failed') throw new OperationFailedError(data)
        if (data.status === 'succeeded') return data
        onProgress?.(data)
        const asked = retryAfterOf(headers, clock.now()) ?? pollMs
        await scope.sleep(Math.max(shortestPollMs, asked))
      }
    })
  }

  #read(operationId: string, options: CallOptions): Promise<Reply<Operation>> {
    const params = { path: { operationId } }
    return this.#caller.read('getOperation', options, (api, attempt) =>
      api.GET('/api/v1/msp/operations/{operationId}', { params, ...attempt }),
    )
  }
}
