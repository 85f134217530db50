// Writes answers; everything leaves in one cork. It must never touch the native response after it ended or was aborted.
import type { HttpResponse as NativeResponse } from 'uWebSockets.js'
import { type ReplyContext, type ReplyStart, endEmpty, writeHead } from './reply-head.js'
import type { StreamReply } from './stream.js'

export interface BodyReply extends ReplyStart {
  readonly body: Uint8Array | string | null
  /** Fill the body with zeros after its last byte was written. */
  readonly wipe?: boolean
}

export type HttpReply = BodyReply | StreamReply

/** Above this the socket's back-pressure is honoured; below, uWS may copy the rest. */
const largeBytes = 64 * 1024

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
