// Why a step of a provisioning failed, for the operation and the log: sentences of ours, as refusals and faults of the
// database have them; what is no such fault has its code alone.
import { ApiError } from '../../../errors.js'
import { databaseReason } from '../../store/postgres/fault-sentence.js'

export const stepReason = (error: unknown): string | null =>
  error instanceof ApiError ? (error.detail ?? null) : databaseReason(error)
