// A small real HTTP server that answers as the contract says, for tests of the SDK: real sockets, scripted answers.
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { ErrorCode } from '../../../sdk/src/index.js'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

export interface Answered {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly text?: string
}

/** 'drop' closes the socket without an answer, 'hang' never answers. */
export type Answering = (
  asked: Asked,
  times: number,
) => Answered | 'drop' | 'hang' | Promise<Answered>

export interface ContractServer {
  readonly baseUrl: string
  /** All requests, as `METHOD /path`. */
  readonly log: string[]
  readonly asked: Asked[]
  count(route: string): number
  /** Resolves when that route has been asked so many times. */
  arrived(route: string, times?: number): Promise<void>
}

const read = async (request: IncomingMessage): Promise<unknown> => {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? undefined : JSON.parse(text)
}

const write = (response: ServerResponse, answered: Answered): void => {
  const { status = 200, headers = {}, json, text } = answered
  const body = text ?? (json === undefined ? '' : JSON.stringify(json))
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  response.writeHead(status, { 'content-type': type, 'x-request-id': 'req-1', ...headers })
  response.end(body)
}

export const problem = (
  status: number,
  code: ErrorCode,
  headers: Readonly<Record<string, string>> = {},
  more: object = {},
): Answered => ({
  status,
  headers,
  json: {
    type: `urn:rppam:problem:${code}`,
    title: code,
    status,
    code,
    requestId: 'req-1',
    ...more,
  },
})

/** An answer of signing in; the tokens carry the number, so that tests see which one was sent. */
export const signedIn = (times: number, expiresIn = 600): Answered => ({
  json: {
    accessToken: `access-${times}`,
    refreshToken: `refresh-${times}`,
    tokenType: 'Bearer',
    expiresIn,
  },
})

const login: Readonly<Record<string, Answering>> = {
  'POST /api/v1/auth/login': (_asked, times) => signedIn(times),
}

export const contractServer = async (
  t: Pick<Test, 'teardown'>,
  routes: Readonly<Record<string, Answering>>,
): Promise<ContractServer> => {
  const all = { ...login, ...routes }
  const asked: Asked[] = []
  const log: string[] = []
  const waiting = new Set<() => void>()
  const count = (route: string): number => log.filter((one) => one === route).length
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '', 'http://server.invalid')
      const method = request.method ?? ''
      const route = `${method} ${url.pathname}`
      const body = await read(request)
      asked.push({
        method,
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body,
      })
      log.push(route)
      for (const look of waiting) look()
      const answered = await (all[route] ?? (() => problem(404, 'not_found')))(
        asked.at(-1) as Asked,
        count(route),
      )
      if (answered === 'drop') request.socket.destroy()
      else if (answered !== 'hang') write(response, answered)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    log,
    asked,
    count,
    arrived: (route, times = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (count(route) < times) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}
