// Writes answers; everything leaves in one cork. It must never touch the native response after it ended or was aborted.
import type { HttpResponse as NativeResponse } from 'uWebSockets.js'
import { type ReplyContext, type ReplyStart, endEmpty, writeHead } from './reply-head.js'
import { SlowBody, restOf } from './slow-body.js'
import type { SlowReaders } from './slow-readers.js'
import type { StreamReply } from './stream.js'

export interface BodyReply extends ReplyStart {
  readonly body: Uint8Array | string | null
  /** Fill the body with zeros after its last byte was written. */
  readonly wipe?: boolean
}

export type HttpReply = BodyReply | StreamReply

const lengthOf = (body: Uint8Array | string): number =>
  typeof body === 'string' ? Buffer.byteLength(body) : body.length

/** Of an answer that was written, or never will be: wipes it, and gives its room back. */
export const settle = (reply: HttpReply): void => {
  if ('body' in reply && reply.wipe === true && reply.body instanceof Uint8Array) reply.body.fill(0)
  reply.held?.release()
}

const isEmpty = ({ status }: BodyReply, { method }: ReplyContext): boolean =>
  method === 'HEAD' || status === 204 || status === 304

/** uWS has no tryEnd that closes: the client is told, and closes after the last byte. */
const largeBytes = 64 * 1024

/**
 * Inside a cork. Answers what is left when the socket did not take all: on a connection whose reader has not read its
 * last answer nothing more is taken, however short, so that uWS never buffers more than one cork (16 KiB) of it.
 * `onEnd` is called once the native response is over.
 */
export const sendBody = (
  response: NativeResponse,
  reply: BodyReply,
  context: ReplyContext,
  readers: SlowReaders,
  onEnd: () => void,
): SlowBody | null => {
  const body = reply.body ?? ''
  writeHead(response, reply, context, reply.body === null ? null : 'application/json')
  const length = lengthOf(body)
  if (isEmpty(reply, context))
    endEmpty(response, context, context.method === 'HEAD' ? length : null)
  else if (length === 0 || (context.close && length <= largeBytes))
    response.end(body, context.close)
  else {
    if (context.close) response.writeHeader('Connection', 'close')
    if (!response.tryEnd(body, length)[1]) return waiting(response, reply, body, readers, onEnd)
  }
  settle(reply)
  onEnd()
  return null
}

const waiting = (
  response: NativeResponse,
  reply: BodyReply,
  body: Uint8Array | string,
  readers: SlowReaders,
  onEnd: () => void,
): SlowBody => {
  const wipe = reply.wipe === true
  const length = lengthOf(body)
  const rest = restOf(body, response.getWriteOffset(), wipe)
  return new SlowBody(response, rest, length, wipe, readers, () => {
    settle(reply)
    onEnd()
  })
}
