// What errors of the database mean. A statement's text, parameters and values never leave this folder: of a database
// error only its SQLSTATE is kept, of a socket's only its code.
import { StoreError, type StoreErrorCode } from '../store.js'

/** SQLSTATE or socket code; nothing else of the original error. */
export class DatabaseFault extends Error {
  constructor(
    /** SQLSTATE, errno name, or a code of postgres.js. */
    readonly code: string,
    /** The violated constraint, one of our own names. */
    readonly constraint: string | null = null,
  ) {
    super(`database fault ${code}`)
    this.name = 'DatabaseFault'
  }
}

const textOf = (error: object, key: string): string | null => {
  const value = (error as Record<string, unknown>)[key]
  return typeof value === 'string' ? value : null
}

export const faultOf = (error: unknown): DatabaseFault => {
  if (error instanceof DatabaseFault) return error
  if (typeof error !== 'object' || error === null) return new DatabaseFault('unknown')
  return new DatabaseFault(textOf(error, 'code') ?? 'unknown', textOf(error, 'constraint_name'))
}

export const uniqueViolation = '23505'
/** Our statements divide by zero when a condition of theirs does not hold: it ends the transaction on the server. */
export const conditionFailed = '22012'

const retried = new Set(['40001', '40P01'])
/** The server rolled everything back because of another transaction: the same may be tried again. */
export const isContention = ({ code }: DatabaseFault): boolean => retried.has(code)

/** A lock was not to be had within `lock_timeout`. */
export const isLockTimeout = ({ code }: DatabaseFault): boolean => code === '55P03'

// 57014 ended a statement and 57P05 is ours; the rest of class 57, class 08 and everything that is no SQLSTATE end the
// connection, so that nobody knows what became of a COMMIT on its way.
// A SQLSTATE has a digit; EPIPE has five letters, too.
const sqlState = /^(?=.*[0-9])[0-9A-Z]{5}$/
const endsConnection = /^(08|57P|25P0[34])/
export const isLost = ({ code }: DatabaseFault): boolean =>
  !sqlState.test(code) || endsConnection.test(code)

export const unavailable = (error: unknown): StoreError =>
  error instanceof StoreError ? error : failure('unavailable', faultOf(error))

export const failure = (code: StoreErrorCode, cause?: unknown): StoreError =>
  new StoreError(code, cause === undefined ? {} : { cause })
