// What the front says of a request to the worker that answers it: its parameters, what is wrong with it before anybody
// reads its body, and what it may cost. Who asks is added by the gateway.
import type { Violation } from '../errors.js'
import type { Operation } from '../task/contract.js'
import type { AccessClaims, Fault, Item, RequestHeaders } from '../task/item.js'
import { costOf, refusalCost } from './dispatch/cost.js'
import type { ReceivedBody } from './http/body.js'
import type { HttpRequest } from './http/request.js'
import { readParameters } from './route/parameters.js'
import { type Match, planeOfPath } from './route/table.js'

const jsonType = /^application\/json *(;|$)/i

export const takesBody = (operation: Operation, { contentLength }: HttpRequest): boolean =>
  operation.hasBody && contentLength > 0

export const isTyped = ({ contentType }: HttpRequest): boolean => jsonType.test(contentType ?? '')

/** What is wrong with the request without a look at what its body says, in the order of checks. */
export const faultOf = (
  { operation }: Match,
  request: HttpRequest,
  violations: readonly Violation[],
  body: ReceivedBody,
): Fault | null => {
  if (takesBody(operation, request) && !isTyped(request)) return { code: 'unsupported_media_type' }
  if (body.fault === 'payload_too_large') return { code: body.fault }
  if (violations.length > 0) return { code: 'validation_failed', violations }
  return body.fault && { code: body.fault }
}

const noHeaders: RequestHeaders = Object.freeze({})

const headersOf = ({ ifMatch, prefer, accept }: HttpRequest): RequestHeaders =>
  ifMatch === undefined && prefer === undefined && accept === undefined
    ? noHeaders
    : {
        ...(ifMatch === undefined ? {} : { ifMatch }),
        ...(prefer === undefined ? {} : { prefer }),
        ...(accept === undefined ? {} : { accept }),
      }

export type Draft = Omit<Item, 'n' | 'tenant' | 'claims'>

export const draftOf = (found: Match, request: HttpRequest, body: ReceivedBody): Draft => {
  const { operation, params } = found
  const { path, query, violations } = readParameters(operation, params, request.query)
  return {
    operation: operation.operationId,
    path,
    query,
    headers: headersOf(request),
    body: body.bytes,
    fault: faultOf(found, request, violations, body),
    requestId: request.requestId,
    clientAddress: request.remoteAddress,
  }
}

export const estimateOf = (
  { operation }: Match,
  { query, fault }: Draft,
  body: ReceivedBody,
): number => (fault ? refusalCost : costOf(operation, query, body.bytes?.length ?? 0, body.tokens))

const planeOf = ({ aud }: AccessClaims): 'management' | 'tenant' | null => {
  if (aud === 'msp') return 'management'
  return aud === 'tenant' ? 'tenant' : null
}

/** A signed-in caller at a place that is not there, or not theirs: a worker audits and answers it. */
export const refusedDraft = (
  found: Match | null,
  claims: AccessClaims,
  request: HttpRequest,
): Draft => {
  const plane = planeOfPath(request.path)
  const isElsewhere = found !== null || (plane !== null && plane !== planeOf(claims))
  return {
    operation: '',
    ...(found ? { attempted: found.operation.operationId } : {}),
    path: {},
    query: {},
    headers: {},
    body: null,
    fault: { code: isElsewhere ? 'forbidden' : 'not_found' },
    requestId: request.requestId,
    clientAddress: request.remoteAddress,
  }
}
