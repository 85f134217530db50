// What the front answers itself: health, metrics, and the description of the API. Health names no tenant.
import type { AccessClaims } from '../task/item.js'
import type { HttpReply } from './http/reply.js'
import { problem } from './http/problem.js'
import type { HttpRequest } from './http/request.js'
import { type ServedDocument, contractDocumentServed, docsServed } from './route/documents.js'

export interface SystemState {
  /** Rejects when requests cannot be served. */
  ready(): Promise<void>
  isStopping(): boolean
  metrics(): Promise<string>
}

const json = { 'content-type': 'application/json' }
const ok: HttpReply = { status: 200, headers: json, body: '{"status":"ok"}' }

const documentReply = ({ contentType, body, headers }: ServedDocument): HttpReply => ({
  status: 200,
  headers: { 'content-type': contentType, ...headers },
  body,
})

const readiness = async (state: SystemState, { requestId }: HttpRequest): Promise<HttpReply> => {
  if (state.isStopping()) return problem('shutting_down', requestId)
  try {
    await state.ready()
    return ok
  } catch {
    return problem('control_unavailable', requestId)
  }
}

const metricsReply = async (state: SystemState): Promise<HttpReply> => ({
  status: 200,
  headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
  body: await state.metrics(),
})

/** `claims`: of a token that was asked for and fits the operation, else null. */
export const systemReply = (
  operationId: string,
  request: HttpRequest,
  state: SystemState,
  claims: AccessClaims | null,
): HttpReply | Promise<HttpReply> => {
  if (operationId === 'ping' || operationId === 'live') return ok
  if (operationId === 'ready') return readiness(state, request)
  if (operationId === 'getContract') return documentReply(contractDocumentServed)
  if (operationId === 'getDocs') return documentReply(docsServed)
  if (operationId === 'getMetrics' && claims) return metricsReply(state)
  return problem('not_found', request.requestId)
}
