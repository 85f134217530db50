// An answer of unknown length, written piece by piece (exports). The writer says when the socket is full; whoever
// writes on regardless fills the memory. It must never write after the request was aborted.
import type { HttpResponse as NativeResponse } from 'uWebSockets.js'
import { type ReplyContext, type ReplyStart, endEmpty, writeHead } from './reply-head.js'
import type { SlowAnswer, SlowReaders } from './slow-readers.js'

export interface ReplyWriter {
  /** False: wait for onDrain before writing more (what was written is kept). After an abort it does nothing. */
  write(chunk: Uint8Array | string): boolean
  onDrain(listener: () => void): void
  end(): void
  /** Cuts the connection, so that the client sees that the answer is not whole. */
  fail(): void
}

export interface StreamReply extends ReplyStart {
  readonly stream: (writer: ReplyWriter) => void
}

export class SocketWriter implements ReplyWriter, SlowAnswer {
  #over = false
  #drains = 0
  #drained: (() => void) | null = null

  constructor(
    private readonly response: NativeResponse,
    private readonly readers: SlowReaders,
    private readonly onEnd: () => void,
  ) {
    response.onWritable(() => {
      this.#drain()
      return true
    })
  }

  /** Whoever writes pushes by itself. */
  push(): number {
    return this.#drains
  }

  cut(): void {
    this.fail()
  }

  write(chunk: Uint8Array | string): boolean {
    // An empty chunk would end the body.
    if (this.#over || chunk.length === 0) return !this.#over
    let room = false
    this.response.cork(() => (room = this.response.write(chunk)))
    if (!room) this.readers.add(this, this.#drains)
    return room
  }

  onDrain(listener: () => void): void {
    this.#drained = listener
  }

  end(): void {
    if (this.#over) return
    this.abandon()
    this.response.cork(() => this.response.end())
    this.onEnd()
  }

  fail(): void {
    if (this.#over) return
    this.abandon()
    this.response.close()
  }

  /** The native response is gone. */
  abandon(): void {
    this.#over = true
    this.readers.remove(this)
  }

  #drain(): void {
    if (this.#over) return
    this.#drains++
    this.readers.remove(this)
    this.#drained?.()
  }
}

/** Inside a cork. */
export const startStream = (
  response: NativeResponse,
  reply: StreamReply,
  context: ReplyContext,
  readers: SlowReaders,
  onEnd: () => void,
): SocketWriter | null => {
  writeHead(response, reply, context, 'application/x-ndjson')
  if (context.method === 'HEAD') {
    endEmpty(response, context, null)
    onEnd()
    return null
  }
  // Said by hand: end(…, true) would write it into the body. The client closes after the last chunk.
  if (context.close) response.writeHeader('Connection', 'close')
  return new SocketWriter(response, readers, onEnd)
}
