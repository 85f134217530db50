// What a fault of an administrative statement means to its caller. Texts are fixed: no SQL, nothing that was submitted.
import { ApiError } from '../../../errors.js'
import { StoreError } from '../store.js'
import { faultOf, isContention, unavailable } from './faults.js'
import { MigrationRefused } from './migrate.js'

export const refusal = (detail: string): ApiError => new ApiError('provisioning_refused', detail)

const insufficientPrivilege = '42501'

/** Errors of ours as they are; a missing privilege is a server that is not fit; the rest `unavailable`. */
export const answerOf = (error: unknown): ApiError | MigrationRefused | StoreError => {
  if (error instanceof ApiError || error instanceof MigrationRefused) return error
  if (!(error instanceof StoreError) && faultOf(error).code === insufficientPrivilege)
    return refusal('The login of the engine lacks a privilege on a role or database of this tenant')
  return unavailable(error)
}

// In use; made by somebody else in the same moment (unique_violation, duplicate database, duplicate object); and
// `tuple concurrently updated`, which has no code of its own: two sessions changed one row of the catalog.
const passing = new Set(['55006', '23505', '42P04', '42710', 'XX000'])

/** The same statements may succeed when run once more. */
export const isPassing = (error: unknown): boolean => {
  if (error instanceof ApiError || error instanceof StoreError) return false
  const fault = faultOf(error)
  return passing.has(fault.code) || isContention(fault)
}
