// The one listener. It takes requests from uWS, refuses what could be read in two ways, and hands on the rest. It must
// never pass on a request whose framing, target or host is in doubt.
import { accessSync, constants } from 'node:fs'
import type {
  HttpRequest as NativeRequest,
  HttpResponse as NativeResponse,
  TemplatedApp,
  us_listen_socket,
} from 'uWebSockets.js'
import type { Log } from '../../log.js'
import { BodyBudget } from './body.js'
import { type Cors, createCors } from './cors.js'
import { Drain } from './drain.js'
import { lengthOf, readHead } from './head.js'
import { type HostCheck, createHostCheck } from './host.js'
import { type Native, loadNative } from './native.js'
import { problem, wrongMethod } from './problem.js'
import { type Refusal, refusalOf } from './refusal.js'
import { type AddressReader, createAddressReader } from './remote-address.js'
import { Exchange, type ExchangeOptions, type HttpRequest, type Respond } from './request.js'
import type { SlowReaders } from './slow-readers.js'

export interface ListenOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Paths of PEM files. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  /** Bytes. */
  readonly bodyLimit: number
  /** Empty: every name. Loopback names always. */
  readonly allowedHosts: readonly string[]
  /** Addresses and networks whose X-Forwarded-For counts. */
  readonly trustedProxies: readonly string[]
  /** Empty: no cross-origin access. */
  readonly corsOrigins: readonly string[]
  /** Methods of a path; null: there is no such path. */
  readonly methodsOf: (path: string) => readonly string[] | null
  /** Swept by the listener. */
  readonly readers: SlowReaders
  readonly log: Log
}

export interface Listener {
  readonly port: number
  /** Takes no new connections, lets requests in flight finish for at most `graceMs`, then closes all. */
  close(graceMs: number): Promise<void>
}

export type HttpHandler = (request: HttpRequest, respond: Respond) => void

interface EntryOptions extends ExchangeOptions, Pick<ListenOptions, 'methodsOf'> {}

interface Checks {
  readonly hostFits: HostCheck
  readonly addressOf: AddressReader
  readonly cors: Cors | null
}

const methods = new Map(
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map((name) => [name, name]),
)

const sweepEveryMs = 1_000

/** All bodies together that nobody has taken yet. */
const bodiesAtOnce = 128

// LIBUS_LISTEN_EXCLUSIVE_PORT: without it a second engine shares the port silently, by SO_REUSEPORT.
const exclusive = 1

const identity = (encoding: string): boolean => encoding.toLowerCase() === 'identity'

const encoded: Refusal = {
  code: 'unsupported_encoding',
  detail: 'A body is taken as it is, without a Content-Encoding.',
}
const tooLong = (limit: number): Refusal => ({
  code: 'payload_too_large',
  detail: `A body may have ${limit} bytes.`,
})

/** Of a body that nobody is going to read. */
const refusalOfBody = (
  length: number,
  encoding: string | undefined,
  limit: number,
): Refusal | null => {
  if (length > limit) return tooLong(limit)
  return length > 0 && encoding !== undefined && !identity(encoding) ? encoded : null
}

const createEntry = (handler: HttpHandler, options: EntryOptions, checks: Checks, log: Log) => {
  const handle = (exchange: Exchange): void => {
    try {
      handler(exchange, (reply) => exchange.respond(reply))
    } catch (error) {
      log.error('the request handler threw', { requestId: exchange.requestId, error })
      exchange.respond(problem('internal_error', exchange.requestId))
    }
  }
  const refuseBody = (exchange: Exchange, { code, detail }: Refusal): void => {
    const { method, path, requestId } = exchange
    exchange.expectBody(null)
    const methods = options.methodsOf(path)
    if (methods && !methods.includes(method)) exchange.respond(wrongMethod(methods, requestId))
    else exchange.respond(problem(code, requestId, { detail }))
  }
  return (response: NativeResponse, request: NativeRequest): void => {
    const head = readHead(request)
    const path = request.getUrl()
    const query = request.getQuery() ?? ''
    const method = methods.get(request.getCaseSensitiveMethod())
    const refusal = refusalOf(method, head, path, query, checks.hostFits)
    // A refused request's body is not read: its length may be a lie.
    const length = refusal ? 0 : lengthOf(head.contentLength)
    const exchange = new Exchange(
      response,
      options,
      head,
      method ?? '',
      path,
      query,
      length,
      checks.addressOf(response.getRemoteAddress(), head.forwardedFor),
      checks.cors?.headersFor(head.origin) ?? null,
    )
    if (refusal)
      return exchange.refuse(problem(refusal.code, exchange.requestId, { detail: refusal.detail }))
    const preflight =
      checks.cors && method === 'OPTIONS' && head.requestedMethod !== undefined
        ? checks.cors.preflight(head.origin ?? '')
        : null
    const ofBody = refusalOfBody(length, head.contentEncoding, options.bodyLimit)
    if (preflight) exchange.respond(preflight)
    else if (ofBody) refuseBody(exchange, ofBody)
    else handle(exchange)
  }
}

/** RFC 9325 §4.2, of TLS 1.2: forward secrecy and AEAD; all suites of TLS 1.3 are so. Older versions uWS has not. */
const suites = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')

const createApp = (native: Native, tls: ListenOptions['tls']): TemplatedApp => {
  if (tls === null) return native.App()
  // uWS says nothing about a file it cannot read.
  for (const file of [tls.certFile, tls.keyFile]) accessSync(file, constants.R_OK)
  return native.SSLApp({
    cert_file_name: tls.certFile,
    key_file_name: tls.keyFile,
    ssl_ciphers: suites,
  })
}

type ListenExclusively = (
  host: string,
  port: number,
  options: number,
  onListen: (socket: us_listen_socket | false) => void,
) => void

const open = (app: TemplatedApp, host: string, port: number): Promise<us_listen_socket> =>
  new Promise((resolve, reject) => {
    const listenExclusively = app.listen.bind(app) as unknown as ListenExclusively
    listenExclusively(host, port, exclusive, (socket) =>
      socket ? resolve(socket) : reject(new Error(`cannot listen on ${host} port ${port}`)),
    )
  })

/** @throws Error when the port is taken, a TLS file cannot be read, or no native binding loads. */
export const listen = async (options: ListenOptions, handler: HttpHandler): Promise<Listener> => {
  const native = loadNative()
  const drain = new Drain()
  const { bodyLimit, readers, log } = options
  const budget = new BodyBudget(bodiesAtOnce * bodyLimit)
  const exchange = { bodyLimit, budget, readers, drain, methodsOf: options.methodsOf }
  const checks = {
    hostFits: createHostCheck(options.allowedHosts),
    addressOf: createAddressReader(options.trustedProxies),
    cors: createCors(options.corsOrigins),
  }
  const app = createApp(native, options.tls)
  app.any('/*', createEntry(handler, exchange, checks, log))
  const socket = await open(app, options.host, options.port)
  const port = native.us_socket_local_port(socket)
  const sweeper = setInterval(() => readers.sweep(), sweepEveryMs).unref()
  const stop = async (graceMs: number): Promise<void> => {
    native.us_listen_socket_close(socket)
    await drain.finish(graceMs)
    clearInterval(sweeper)
    ;(app as TemplatedApp & { close(): void }).close()
  }
  let stopped: Promise<void> | null = null
  return { port, close: (graceMs) => (stopped ??= stop(graceMs)) }
}
