// A tenant that is being worked on, and how to wait for the end of that.
import type { Caller } from '../call/caller.js'
import type { SucceededOperation } from '../contract.js'
import type { StartedTenant } from '../generated/schemas.js'
import { type WaitOptions, waitFor } from './wait.js'

/** A provisioning at work. Keep `operationId` where a crash cannot take it, then wait. */
export interface Started {
  /** The tenant as it is at the start. */
  readonly tenant: StartedTenant
  /** What `operations.wait` takes, also after a restart of the program. */
  readonly operationId: string
  /** The operation when it has succeeded, with the set-up token in its `result`. */
  wait(options?: WaitOptions): Promise<SucceededOperation>
}

export const startedBy = (caller: Caller, tenant: StartedTenant): Started => {
  const { operationId } = tenant
  return { tenant, operationId, wait: (options = {}) => waitFor(caller, operationId, options) }
}
