// Copies a request's head off the stack of uWS, once, and notes what uWS lets through: repeated single headers, transfer
// codings, heads of any size. What comes of that is decided in refusal.ts. It must never keep the native request.
import type { HttpRequest as NativeRequest } from 'uWebSockets.js'

export interface Head {
  host: string | undefined
  authorization: string | undefined
  contentType: string | undefined
  contentLength: string | undefined
  ifMatch: string | undefined
  idempotencyKey: string | undefined
  prefer: string | undefined
  accept: string | undefined
  origin: string | undefined
  requestedMethod: string | undefined
  forwardedFor: string | undefined
  contentEncoding: string | undefined
  transferEncoding: boolean
  /** A header of those that may stand once and stands more than once, in lower case. */
  repeated: string | undefined
  /** Of names and values, with what separates them. */
  bytes: number
}

const emptyHead = (): Head => ({
  host: undefined,
  authorization: undefined,
  contentType: undefined,
  contentLength: undefined,
  ifMatch: undefined,
  idempotencyKey: undefined,
  prefer: undefined,
  accept: undefined,
  origin: undefined,
  requestedMethod: undefined,
  forwardedFor: undefined,
  contentEncoding: undefined,
  transferEncoding: false,
  repeated: undefined,
  bytes: 0,
})

// forEach calls back synchronously, so one slot and one function serve all requests: no closure for each.
let head = emptyHead()

const once = (name: string, present: string | undefined, value: string): string => {
  if (present !== undefined) head.repeated = name
  return value
}

/** RFC 9110 §5.3: a list may be spread over several lines. */
const joined = (present: string | undefined, value: string): string =>
  present === undefined ? value : `${present}, ${value}`

/** `: ` and the end of the line. */
const separators = 4

const collect = (name: string, value: string): void => {
  head.bytes += name.length + value.length + separators
  switch (name) {
    case 'host':
      head.host = once(name, head.host, value)
      break
    case 'authorization':
      head.authorization = once(name, head.authorization, value)
      break
    case 'content-type':
      head.contentType = once(name, head.contentType, value)
      break
    case 'content-length':
      head.contentLength = once(name, head.contentLength, value)
      break
    case 'if-match':
      head.ifMatch = once(name, head.ifMatch, value)
      break
    case 'idempotency-key':
      head.idempotencyKey = once(name, head.idempotencyKey, value)
      break
    case 'origin':
      head.origin = once(name, head.origin, value)
      break
    case 'access-control-request-method':
      head.requestedMethod = once(name, head.requestedMethod, value)
      break
    case 'transfer-encoding':
      head.transferEncoding = true
      break
    case 'content-encoding':
      head.contentEncoding = joined(head.contentEncoding, value)
      break
    case 'prefer':
      head.prefer = joined(head.prefer, value)
      break
    case 'accept':
      head.accept = joined(head.accept, value)
      break
    case 'x-forwarded-for':
      head.forwardedFor = joined(head.forwardedFor, value)
  }
}

export const readHead = (request: NativeRequest): Head => {
  head = emptyHead()
  request.forEach(collect)
  return head
}

const digits = /^\d{1,15}$/

/** Bytes; NaN for what is no length. */
export const lengthOf = (contentLength: string | undefined): number =>
  contentLength === undefined ? 0 : digits.test(contentLength) ? Number(contentLength) : NaN
