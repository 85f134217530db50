// Flows and the requests in them, with what most of them have in common.
import type { FlowPlan } from '../traffic/messages.js'

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly authorization: string
  /** JSON, ASCII. */
  readonly body?: string
}

/** The whole request, as it is sent. */
export const requestText = ({ method, path, authorization, body }: Request): string => {
  const content =
    body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${body.length}`]
  const head = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: ${authorization}`]
  return [...head, ...content, '', body ?? ''].join('\r\n')
}

export const createEntry = (authorization: string, body: string): string =>
  requestText({ method: 'POST', path: '/api/v1/vault/entries', authorization, body })

/** Up to 100 of them. */
export const readBatch = (authorization: string, ids: readonly string[]): string =>
  requestText({
    method: 'POST',
    path: '/api/v1/vault/secrets/read',
    authorization,
    body: JSON.stringify({ ids }),
  })

export const get = (authorization: string, path: string): string =>
  requestText({ method: 'GET', path, authorization })

type Essential = 'name' | 'connections' | 'requests' | 'expected'

/** Closed loop; to be told that there is too much of it is no fault, but not what is expected. */
export const flow = (plan: Pick<FlowPlan, Essential> & Partial<FlowPlan>): FlowPlan => ({
  localAddress: '127.0.0.1',
  pauseMs: 0,
  holdMs: null,
  tolerated: [429, 503],
  hangs: false,
  ...plan,
})
