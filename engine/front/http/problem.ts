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

export const problem = (
  code: ErrorCode,
  requestId: Uuid,
  { detail, violations, headers }: ProblemOptions = {},
): HttpReply => ({
  status: errorCatalogue[code].status,
  headers: { ...problemHeaders(code), ...headers },
  body: JSON.stringify(problemOf(code, requestId, detail, violations)),
})
