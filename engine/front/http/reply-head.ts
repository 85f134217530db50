// The head of an answer, and the end of one without a body. Every one carries our request id and may not be stored. It
// must never write a header value that holds a line break.
import type { HttpResponse as NativeResponse } from 'uWebSockets.js'
import { STATUS_CODES } from 'node:http'
import type { Uuid } from '../../ids.js'
import { loadedBinding } from './native.js'

/** Names in lower case, as the workers write them. */
export type ReplyHeaders = Readonly<Record<string, string>>

/** Room of a budget that an answer takes. */
export interface Held {
  /** Once; again it does nothing. */
  release(): void
}

export interface ReplyStart {
  readonly status: number
  readonly headers: ReplyHeaders
  /** Released when the last byte has left, or never will. */
  readonly held?: Held
}

export interface ReplyContext {
  readonly method: string
  readonly requestId: Uuid
  /** Headers of the listener for this request (CORS), or null. */
  readonly extra: ReplyHeaders | null
  readonly close: boolean
}

const statusLines = new Map(
  Object.entries(STATUS_CODES).map(([code, title]) => [Number(code), `${code} ${title}`]),
)

/** uWS writes these itself. */
const framing = new Set(['content-length', 'connection', 'transfer-encoding', 'date'])
const lineBreak = /[\r\n\0]/

const linesOf = (headers: ReplyHeaders): string => {
  let lines = ''
  for (const name in headers) {
    const value = headers[name]!
    if (!framing.has(name) && !lineBreak.test(value)) lines += `\r\n${name}: ${value}`
  }
  return lines
}

/** A client that keeps its connections for less long never writes to one that is being ended. */
const keepAliveLine = (): string => `Keep-Alive: timeout=${loadedBinding().idleSeconds}\r\n`

/** Status line and headers. */
export const writeHead = (
  response: NativeResponse,
  { status, headers }: ReplyStart,
  { requestId, extra, close }: ReplyContext,
  defaultType: string | null,
): void => {
  if (status !== 200) response.writeStatus(statusLines.get(status) ?? `${status} Unknown`)
  const typed = defaultType === null || 'content-type' in headers
  // One call into the binding for all: each costs as much as the copying.
  response.writeHeader(
    'Cache-Control',
    `no-store\r\n${close ? '' : keepAliveLine()}X-Content-Type-Options: nosniff\r\nX-Request-Id: ${requestId}` +
      linesOf(headers) +
      (extra ? linesOf(extra) : '') +
      (typed ? '' : `\r\nContent-Type: ${defaultType}`),
  )
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
