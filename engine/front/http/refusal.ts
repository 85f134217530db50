// Why a request is not taken at all: its framing, its head, its target or its host is in doubt, or not ours. Each reason
// has a sentence of its own, and none repeats what was sent.
import type { ErrorCode } from '../../errors.js'
import { type Head, lengthOf } from './head.js'
import type { HostCheck } from './host.js'
import { isTarget } from './target.js'

export interface Refusal {
  readonly code: ErrorCode
  readonly detail: string
}

/** What uWS 20.57 takes at most; 20.30 takes more, if it comes in one piece. */
const headBytes = 4096

const malformed = (detail: string): Refusal => ({ code: 'malformed_request', detail })

const unknownMethod: Refusal = {
  code: 'not_implemented',
  detail: 'There are GET, POST, PUT, PATCH, DELETE, HEAD and OPTIONS, in upper case.',
}
const tooLarge: Refusal = {
  code: 'headers_too_large',
  detail: `The request line and the headers may have ${headBytes} bytes together.`,
}
// After `0\r\nXX` uWS executes what follows as a second request.
const chunked: Refusal = {
  code: 'length_required',
  detail: 'A body is taken with a Content-Length only, without a Transfer-Encoding.',
}
const noHost = malformed('The Host header is missing or empty.')
const otherHost = malformed(
  'The Host header is not well-formed, or names a host that is not in listen.allowedHosts.',
)
const badLength = malformed('The Content-Length is not a number of bytes.')
const badTarget = malformed(
  'The target is not a path without dot segments, encoded dots or slashes, and a query, both in valid percent-encoding of UTF-8.',
)

const refusalOfHead = (head: Head): Refusal | null => {
  if (head.repeated !== undefined)
    return malformed(`The header ${head.repeated} may stand once only.`)
  if (head.transferEncoding) return chunked
  return Number.isNaN(lengthOf(head.contentLength)) ? badLength : null
}

/** `method`: undefined where there is no such. Null: taken. */
export const refusalOf = (
  method: string | undefined,
  head: Head,
  path: string,
  query: string,
  hostFits: HostCheck,
): Refusal | null => {
  if (method === undefined) return unknownMethod
  if (head.bytes + path.length + query.length > headBytes) return tooLarge
  const ofHead = refusalOfHead(head)
  if (ofHead) return ofHead
  if (!head.host) return noHost
  if (!hostFits(head.host)) return otherHost
  return isTarget(path, query) ? null : badTarget
}
