// An error as an answer: RFC 9457 problem details. It must never repeat what the request held.
import { type ErrorCode, type Violation, errorCatalogue } from '../../errors.js'
import type { Uuid } from '../../ids.js'
import { problemHeaders, problemOf } from '../../task/problem.js'
import type { HttpReply } from './reply.js'

export interface ProblemOptions {
  readonly detail?: string
  readonly violations?: readonly Violation[]
  readonly headers?: Readonly<Record<string, string>>
}

/** RFC 9110 §15.5.6. */
export const wrongMethod = (allowed: readonly string[], requestId: Uuid): HttpReply => {
  const allow = allowed.join(', ')
  const detail = `This path has ${allow}.`
  return problem('method_not_allowed', requestId, { detail, headers: { allow } })
}

export const problem = (
  code: ErrorCode,
  requestId: Uuid,
  { detail, violations, headers }: ProblemOptions = {},
): HttpReply => ({
  status: errorCatalogue[code].status,
  headers: { ...problemHeaders(code), ...headers },
  body: JSON.stringify(problemOf(code, requestId, detail, violations)),
})
