// Writes answers. Every one carries our request id and may not be stored; everything leaves in one cork. It must never
// touch the native response after it ended or was aborted, and never write a header value that holds a line break.
import type { HttpResponse as NativeResponse } from 'uWebSockets.js'
import { STATUS_CODES } from 'node:http'
import type { Uuid } from '../../ids.js'
import type { StreamReply } from './stream.js'

/** Names in lower case, as the workers write them. */
export type ReplyHeaders = Readonly<Record<string, string>>

export interface BodyReply {
  readonly status: number
  readonly headers: ReplyHeaders
  readonly body: Uint8Array | string | null
  /** Fill the body with zeros after its last byte was written. */
  readonly wipe?: boolean
}

export type HttpReply = BodyReply | StreamReply

export interface ReplyContext {
  readonly method: string
  readonly requestId: Uuid
  /** Headers of the listener for this request (CORS), or null. */
  readonly extra: ReplyHeaders | null
  readonly close: boolean
}

/** Above this the socket's back-pressure is honoured; below, uWS may copy the rest. */
const largeBytes = 64 * 1024

const statusLines = new Map(
  Object.entries(STATUS_CODES).map(([code, title]) => [Number(code), `${code} ${title}`]),
)

/** uWS writes these itself. */
const framing = new Set(['content-length', 'connection', 'transfer-encoding', 'date'])
const lineBreak = /[\r\n\0]/

const writeHeaders = (response: NativeResponse, headers: ReplyHeaders): boolean => {
  let typed = false
  for (const name in headers) {
    const value = headers[name]!
    if (framing.has(name) || lineBreak.test(value)) continue
    typed ||= name === 'content-type'
    response.writeHeader(name, value)
  }
  return typed
}

/** Status line and headers. */
export const writeHead = (
  response: NativeResponse,
  { status, headers }: Pick<HttpReply, 'status' | 'headers'>,
  { requestId, extra }: ReplyContext,
  defaultType: string | null,
): void => {
  if (status !== 200) response.writeStatus(statusLines.get(status) ?? `${status} Unknown`)
  // One call into the binding instead of three: each costs as much as the copying.
  response.writeHeader(
    'Cache-Control',
    `no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: ${requestId}`,
  )
  const typed = writeHeaders(response, headers)
  if (extra) writeHeaders(response, extra)
  if (defaultType !== null && !typed) response.writeHeader('Content-Type', defaultType)
}

const lengthOf = (body: Uint8Array | string | null): number =>
  body === null ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length

/** Of an answer that was written, or never will be. */
export const wiped = (reply: HttpReply): void => {
  if ('body' in reply && reply.wipe === true && reply.body instanceof Uint8Array) reply.body.fill(0)
}

const sendLarge = (
  response: NativeResponse,
  reply: BodyReply,
  body: Uint8Array,
  onEnd: () => void,
): void => {
  const attempt = (offset: number): boolean => {
    const [written, done] = response.tryEnd(body.subarray(offset), body.length)
    if (done) {
      wiped(reply)
      onEnd()
    }
    return written
  }
  // The offset counts what the socket took of this answer; the rest is offered again when it can take more.
  if (!attempt(0)) response.onWritable(attempt)
}

/**
 * Ends without a body, `length` as a GET would have it. This version of uWS does not close after endWithoutBody, and
 * takes an undefined length for 2^63: when closing, an empty body it is.
 */
export const endEmpty = (
  response: NativeResponse,
  { close }: ReplyContext,
  length: number | null,
): void => {
  if (close) response.end('', true)
  else if (length === null) response.endWithoutBody()
  else response.endWithoutBody(length)
}

/** Inside a cork. `onEnd` is called once the native response is over. */
export const sendBody = (
  response: NativeResponse,
  reply: BodyReply,
  context: ReplyContext,
  onEnd: () => void,
): void => {
  const { body, status } = reply
  writeHead(response, reply, context, body === null ? null : 'application/json')
  const empty = context.method === 'HEAD' || status === 204 || status === 304
  if (empty) endEmpty(response, context, context.method === 'HEAD' ? lengthOf(body) : null)
  else if (body instanceof Uint8Array && body.length > largeBytes && !context.close)
    return sendLarge(response, reply, body, onEnd)
  else response.end(body ?? '', context.close)
  wiped(reply)
  onEnd()
}
