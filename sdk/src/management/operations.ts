// Work that takes longer than a request.
import type { Caller } from '../call/caller.js'
import type { SucceededOperation } from '../contract.js'
import { OperationsCalls } from '../generated/management.js'
import { type WaitOptions, waitFor } from './wait.js'

/** Operations of the fleet, by the id that started them. */
export class Operations extends OperationsCalls {
  readonly #caller: Caller

  constructor(caller: Caller) {
    super(caller)
    this.#caller = caller
  }

  /** The operation when it has succeeded; rejects with OperationFailedError when it has failed. */
  wait(operationId: string, options: WaitOptions = {}): Promise<SucceededOperation> {
    return waitFor(this.#caller, operationId, options)
  }
}
