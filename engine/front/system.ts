// What the front answers itself: health, and the description of the API; and metrics, for whom a worker lets in. Health
// names no tenant.
import type { HttpReply } from './http/reply.js'
import { problem } from './http/problem.js'
import type { HttpRequest } from './http/request.js'
import {
  type ServedDocument,
  contractDocumentServed,
  docsLibraryServed,
  docsServed,
} from './route/documents.js'

export interface SystemState {
  /** Rejects when requests cannot be served. */
  ready(): Promise<void>
  isStopping(): boolean
  metrics(): Promise<string>
  /** Public keys of the installation's statements, as JWK. */
  readonly attestationKeys: readonly object[]
}

const json = { 'content-type': 'application/json' }
const ok: HttpReply = { status: 200, headers: json, body: '{"status":"ok"}' }

const toDocs: HttpReply = { status: 302, headers: { location: '/docs' }, body: null }

const documentReply = ({ contentType, body, headers }: ServedDocument): HttpReply => ({
  status: 200,
  headers: { 'content-type': contentType, ...headers },
  body,
})

const keySet = ({ attestationKeys }: SystemState): HttpReply => ({
  status: 200,
  headers: json,
  body: JSON.stringify({ keys: attestationKeys }),
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

/** For a caller that the management plane has let in. */
export const metricsReply = async (state: Pick<SystemState, 'metrics'>): Promise<HttpReply> => ({
  status: 200,
  headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
  body: await state.metrics(),
})

export const systemReply = (
  operationId: string,
  request: HttpRequest,
  state: SystemState,
): HttpReply | Promise<HttpReply> => {
  if (operationId === 'ping' || operationId === 'live') return ok
  if (operationId === 'ready') return readiness(state, request)
  if (operationId === 'getAttestationKeys') return keySet(state)
  if (operationId === 'getRoot') return toDocs
  if (operationId === 'getContract') return documentReply(contractDocumentServed)
  if (operationId === 'getDocs') return documentReply(docsServed)
  if (operationId === 'getDocsLibrary') return documentReply(docsLibraryServed)
  return problem('not_found', request.requestId)
}
