// What an error of a request means: the code it is answered with, and whether and how it is audited.
import { ApiError, type ErrorCode } from '../../errors.js'
import { IntegrityError } from '../cipher/record.js'
import { StoreError } from '../store/store.js'

export const codeOf = (error: unknown): ErrorCode => {
  if (error instanceof ApiError) return error.code
  if (error instanceof IntegrityError) return 'integrity_failure'
  if (error instanceof StoreError)
    return error.code === 'unavailable' ? 'database_unavailable' : 'internal_error'
  return 'internal_error'
}

export const isIntegrity = (error: unknown): boolean =>
  error instanceof IntegrityError ||
  (error instanceof ApiError && error.code === 'integrity_failure')

/** Null: what was refused is no act that the audit log tells. */
export const outcomeOf = (error: unknown): 'denied' | 'failure' | null => {
  if (isIntegrity(error)) return 'failure'
  if (!(error instanceof ApiError)) return null
  return error.status === 403 || error.status === 404 ? 'denied' : null
}
