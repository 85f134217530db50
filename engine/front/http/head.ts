// Copies a request's head off the stack of uWS, once, and finds what uWS 20.30 lets through: repeated single headers,
// transfer codings, lengths that are no number. It must never keep the native request.
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
  /** A header that may stand once stands twice, or one that is never accepted is there. */
  refused: boolean
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
  refused: false,
})

// forEach calls back synchronously, so one slot and one function serve all requests: no closure for each.
let head = emptyHead()

const once = (present: string | undefined, value: string): string => {
  if (present !== undefined) head.refused = true
  return value
}

/** RFC 9110 §5.3: a list may be spread over several lines. */
const joined = (present: string | undefined, value: string): string =>
  present === undefined ? value : `${present}, ${value}`

const collect = (name: string, value: string): void => {
  switch (name) {
    case 'host':
      head.host = once(head.host, value)
      break
    case 'authorization':
      head.authorization = once(head.authorization, value)
      break
    case 'content-type':
      head.contentType = once(head.contentType, value)
      break
    case 'content-length':
      head.contentLength = once(head.contentLength, value)
      break
    case 'if-match':
      head.ifMatch = once(head.ifMatch, value)
      break
    case 'idempotency-key':
      head.idempotencyKey = once(head.idempotencyKey, value)
      break
    case 'origin':
      head.origin = once(head.origin, value)
      break
    case 'access-control-request-method':
      head.requestedMethod = once(head.requestedMethod, value)
      break
    case 'transfer-encoding':
      // Chunked bodies too: after `0\r\nXX` this version executes what follows as a second request.
      head.refused = true
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
