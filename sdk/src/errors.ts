// What can go wrong, typed. Messages are made of operation names, statuses and codes, and of the engine's own sentences,
// which repeat nothing that was submitted. No error carries a cause: those of fetch and JSON.parse quote headers and
// bodies, which hold tokens and secrets.
import { failureText, refusalText } from './refusal-text.js'
import type { ErrorCode, Operation, OperationName, Problem, Violation } from './contract.js'

/** What an answer that refuses says. */
export interface RpPamErrorInit {
  /** Of the contract, by its operationId. */
  readonly operation: OperationName
  /** HTTP status. */
  readonly status: number
  /** From the closed table of the contract. */
  readonly code: ErrorCode
  /** `X-Request-Id` of the answer. */
  readonly requestId: string | null
  /** The engine's sentence. */
  readonly detail?: string | undefined
  /** Of `validation_failed`: each place and what is wrong there. */
  readonly errors?: readonly Violation[] | undefined
  /** Of `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number | null
}

/**
 * The engine refused: a problem document (RFC 9457). The message holds operation, code, status, request id, `detail`, and
 * pointer and sentence of each violation.
 */
export class RpPamError extends Error {
  /** `RpPamError`. */
  override readonly name: string = 'RpPamError'
  /** The operation of the contract that was refused, by its operationId. */
  readonly operation: OperationName
  /** HTTP status. */
  readonly status: number
  /** Why, from the closed table of the contract: what a program decides by. */
  readonly code: ErrorCode
  /** What to tell the operator: finds the request in the engine's log. */
  readonly requestId: string | null
  /** The engine's own sentence; it repeats nothing that was submitted. */
  readonly detail: string | undefined
  /** Of `validation_failed`: each place by its JSON pointer, and what is wrong there. Else empty. */
  readonly errors: readonly Violation[]
  /** How long the engine asked to wait. */
  readonly retryAfterMs: number | null

  constructor(init: RpPamErrorInit) {
    super(refusalText(init))
    this.operation = init.operation
    this.status = init.status
    this.code = init.code
    this.requestId = init.requestId
    this.detail = init.detail
    this.errors = init.errors ?? []
    this.retryAfterMs = init.retryAfterMs ?? null
  }
}

/** No answer came: refused, reset, no such host. A write may have been carried out all the same. */
export class NetworkError extends Error {
  /** `NetworkError`. */
  override readonly name: string = 'NetworkError'
  /** The operation of the contract that was asked for. */
  readonly operation: OperationName
  /** The system's word for it where there is one, such as `ECONNREFUSED`. */
  readonly reason: string | null

  constructor(operation: OperationName, reason: string | null) {
    super(`${operation}: no answer from the server${reason === null ? '' : ` (${reason})`}`)
    this.operation = operation
    this.reason = reason
  }
}

/** The time for the call, retries and signing in included, is over. */
export class TimeoutError extends Error {
  /** `TimeoutError`. */
  override readonly name: string = 'TimeoutError'
  /** The operation of the contract that was asked for. */
  readonly operation: OperationName
  /** How long it was given. */
  readonly timeoutMs: number

  constructor(operation: OperationName, timeoutMs: number) {
    super(`${operation}: no answer within ${timeoutMs} ms`)
    this.operation = operation
    this.timeoutMs = timeoutMs
  }
}

/** Something answered that is not the engine, such as a proxy. */
export class UnexpectedAnswerError extends Error {
  /** `UnexpectedAnswerError`. */
  override readonly name: string = 'UnexpectedAnswerError'
  /** The operation of the contract that was asked for. */
  readonly operation: OperationName
  /** HTTP status. */
  readonly status: number
  /** How long the answer asked to wait. */
  readonly retryAfterMs: number | null

  constructor(operation: OperationName, status: number, retryAfterMs: number | null = null) {
    super(`${operation}: the answer (${status}) is not one of the contract`)
    this.operation = operation
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

/** The session is over and the client holds nothing to sign in with again (a set-up or refresh token is used once). */
export class SessionEndedError extends Error {
  /** `SessionEndedError`. */
  override readonly name: string = 'SessionEndedError'

  constructor() {
    super('the session has ended and these credentials cannot start another one')
  }
}

/** The account needs a second factor, which this version of the SDK does not send. */
export class SecondFactorRequiredError extends Error {
  /** `SecondFactorRequiredError`. */
  override readonly name: string = 'SecondFactorRequiredError'

  constructor() {
    super('signing in needs a second factor')
  }
}

/** An operation that was waited for has failed. It stays, and can be tried again with `tenants.retry`. */
export class OperationFailedError extends Error {
  /** `OperationFailedError`. */
  override readonly name: string = 'OperationFailedError'
  /** Which one it was. */
  readonly operationId: string
  /** The tenant that it worked on. */
  readonly tenantId: string | null
  /** All steps; the one that failed holds an `error`. */
  readonly steps: Operation['steps']

  constructor(operation: Operation) {
    super(failureText(operation))
    this.operationId = operation.id
    this.tenantId = operation.tenantId
    this.steps = operation.steps
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Codes are words: whatever else stands there comes from something that is not the engine. */
const isProblem = (body: unknown): body is Problem =>
  isObject(body) && typeof body['code'] === 'string' && /^[a-z][a-z_]{0,63}$/.test(body['code'])

const isViolation = (value: unknown): value is Violation =>
  isObject(value) && typeof value['pointer'] === 'string' && typeof value['message'] === 'string'

const requestIdOf = (response: Response): string | null =>
  /^[\w-]{1,64}$/.exec(response.headers.get('x-request-id') ?? '')?.[0] ?? null

/** Milliseconds of a Retry-After, in seconds or as a date (RFC 9110 §10.2.3). */
export const retryAfterOf = (headers: Headers, now: number): number | null => {
  const text = headers.get('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

/** The error of an answer that is none of success. */
export const answerError = (
  operation: OperationName,
  response: Response,
  body: unknown,
  now: number,
): RpPamError | UnexpectedAnswerError => {
  const retryAfterMs = retryAfterOf(response.headers, now)
  if (!isProblem(body)) return new UnexpectedAnswerError(operation, response.status, retryAfterMs)
  return new RpPamError({
    operation,
    status: response.status,
    code: body.code,
    requestId: requestIdOf(response),
    detail: typeof body.detail === 'string' ? body.detail : undefined,
    errors: Array.isArray(body.errors) ? body.errors.filter(isViolation) : undefined,
    retryAfterMs,
  })
}
