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
import { type Head, lengthOf, readHead } from './head.js'
import { type HostCheck, createHostCheck } from './host.js'
import { type Native, loadNative } from './native.js'
import { problem } from './problem.js'
import { type AddressReader, createAddressReader } from './remote-address.js'
import { Exchange, type ExchangeOptions, type HttpRequest, type Respond } from './request.js'
import type { SlowReaders } from './slow-readers.js'
import { isTarget } from './target.js'

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

const fits = (head: Head, path: string, query: string, { hostFits }: Checks): boolean =>
  !head.refused && head.host !== undefined && hostFits(head.host) && isTarget(path, query)

const createEntry = (handler: HttpHandler, options: ExchangeOptions, checks: Checks, log: Log) => {
  const handle = (exchange: Exchange): void => {
    try {
      handler(exchange, (reply) => exchange.respond(reply))
    } catch (error) {
      log.error('the request handler threw', { requestId: exchange.requestId, error })
      exchange.respond(problem('internal_error', exchange.requestId))
    }
  }
  const refuseBody = (exchange: Exchange): void => {
    exchange.expectBody(null)
    exchange.respond(problem('payload_too_large', exchange.requestId))
  }
  return (response: NativeResponse, request: NativeRequest): void => {
    const head = readHead(request)
    const path = request.getUrl()
    const query = request.getQuery() ?? ''
    const method = methods.get(request.getCaseSensitiveMethod())
    const length = lengthOf(head.contentLength)
    const good = method !== undefined && length >= 0 && fits(head, path, query, checks)
    const exchange = new Exchange(
      response,
      options,
      head,
      method ?? '',
      path,
      query,
      // A refused request's body is not read: its length may be a lie.
      good ? length : 0,
      checks.addressOf(response.getRemoteAddress(), head.forwardedFor),
      checks.cors?.headersFor(head.origin) ?? null,
    )
    if (!good) return exchange.refuse(problem('malformed_request', exchange.requestId))
    const preflight =
      checks.cors && method === 'OPTIONS' && head.requestedMethod !== undefined
        ? checks.cors.preflight(head.origin ?? '')
        : null
    if (preflight) exchange.respond(preflight)
    else if (length > options.bodyLimit) refuseBody(exchange)
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
  const exchange = { bodyLimit, budget, readers, drain }
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
