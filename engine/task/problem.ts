// The body of an error: RFC 9457 problem details. Built alike by the front and by the workers.
import { type ErrorCode, type Violation, errorCatalogue } from '../errors.js'
import type { Uuid } from '../ids.js'

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
  readonly requestId: Uuid
  readonly errors?: readonly Violation[]
}

export const problemOf = (
  code: ErrorCode,
  requestId: Uuid,
  detail?: string,
  violations?: readonly Violation[],
): Problem => ({
  type: `urn:rppam:problem:${code}`,
  title: errorCatalogue[code].title,
  status: errorCatalogue[code].status,
  code,
  detail: detail ?? `${errorCatalogue[code].title}.`,
  requestId,
  ...(violations && violations.length > 0 ? { errors: violations } : {}),
})

/** Headers that belong to an error's status (RFC 9110 §11.6.1, §10.2.3). */
export const problemHeaders = (code: ErrorCode): Readonly<Record<string, string>> => {
  const status = errorCatalogue[code].status
  if (status === 401)
    return { 'content-type': 'application/problem+json', 'www-authenticate': 'Bearer' }
  if (status === 503) return { 'content-type': 'application/problem+json', 'retry-after': '1' }
  return { 'content-type': 'application/problem+json' }
}
