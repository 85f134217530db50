// One request, one answer, through openapi-fetch. Every fault leaves here as one of our own errors: those of fetch and
// JSON.parse may quote headers and bodies.
import createClient, { type Client } from 'openapi-fetch'
import type { OperationName, Paths } from '../contract.js'
import { NetworkError, UnexpectedAnswerError, answerError } from '../errors.js'
import type { Settings } from '../options.js'

export type Api = Client<Paths>

/** What each attempt adds to the call. A type, not an interface: openapi-fetch wants an index signature. */
export type Attempt = {
  readonly signal: AbortSignal
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: (request: Request) => Promise<Response>
}

export interface Answer<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

export type Send<T> = (api: Api, attempt: Attempt) => Promise<Answer<T>>

export interface Reply<T> {
  readonly data: T
  readonly headers: Headers
}

export type Exchange = <T>(
  operation: OperationName,
  signal: AbortSignal,
  token: string | null,
  send: Send<T>,
) => Promise<Reply<T>>

class NotAnId extends TypeError {
  constructor(name: string) {
    super(`${name} is not an id`)
  }
}

/** Ids of callers must stay one segment: `..` would name another operation. */
const pathOf = (template: string, values: Readonly<Record<string, unknown>>): string =>
  template.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const value = values[name]
    if (typeof value !== 'string' || /^\.{0,2}$/.test(value)) throw new NotAnId(name)
    return encodeURIComponent(value)
  })

/** The system's word for a fault, from the error or what caused it; Node's fetch hides it one level down. */
const reasonOf = (error: unknown, levels = 2): string | null => {
  const { code, cause }: { code?: unknown; cause?: unknown } = Object(error)
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code)) return code
  return levels > 0 ? reasonOf(cause, levels - 1) : null
}

const isSyntaxError = (error: unknown): boolean => (error as Error | null)?.name === 'SyntaxError'

const replyOf = <T>(operation: OperationName, answer: Answer<T>, now: number): Reply<T> => {
  const { data, error, response } = answer
  if (!response.ok) throw answerError(operation, response, error, now)
  if (response.status !== 204 && (typeof data !== 'object' || data === null))
    throw new UnexpectedAnswerError(operation, response.status)
  return { data: data as T, headers: response.headers }
}

export const createExchange = ({ baseUrl, fetch, clock }: Settings): Exchange => {
  // Redirects are answers like others: followed, they would carry passwords to wherever they point.
  const api: Api = createClient<Paths>({ baseUrl, redirect: 'manual', pathSerializer: pathOf })
  return async (operation, signal, token, send) => {
    let status: number | null = null
    let asked = false
    const ask = async (request: Request): Promise<Response> => {
      asked = true
      const response = await fetch(request)
      status = response.status
      return response
    }
    const headers = token === null ? {} : { authorization: `Bearer ${token}` }
    const answer = await send(api, { signal, headers, fetch: ask }).catch((error: unknown) => {
      if (signal.aborted) throw signal.reason
      if (error instanceof NotAnId) throw error
      if (!asked) throw new TypeError(`${operation}: these arguments make no request`)
      if (status !== null && isSyntaxError(error))
        throw new UnexpectedAnswerError(operation, status)
      throw new NetworkError(operation, reasonOf(error))
    })
    return replyOf(operation, answer, clock.now())
  }
}
