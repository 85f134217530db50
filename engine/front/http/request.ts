// One request and its answer, on the seam between uWS and everything behind it. It must never use the native response
// after it was answered or aborted, and answers at most once.
import type { HttpResponse as NativeResponse } from 'uWebSockets.js'
import { type Uuid, newId } from '../../ids.js'
import { networkOf } from '../../network.js'
import type { BodyLimits } from '../../task/contract.js'
import { type BodyBudget, BodyReader, type OnBody, noBody } from './body.js'
import type { Drain } from './drain.js'
import type { Head } from './head.js'
import { problem } from './problem.js'
import { type HttpReply, sendBody, settle } from './reply.js'
import type { ReplyContext, ReplyHeaders } from './reply-head.js'
import type { SlowReaders } from './slow-readers.js'
import { type SocketWriter, type StreamReply, startStream } from './stream.js'

export interface HttpRequest {
  /** Upper case. */
  readonly method: string
  /** Raw, checked by target.ts: begins with a slash, has no dot segments, nothing deceptive. */
  readonly path: string
  /** Raw, without its `?`; empty where there is none. */
  readonly query: string
  readonly authorization: string | undefined
  readonly contentType: string | undefined
  readonly ifMatch: string | undefined
  readonly idempotencyKey: string | undefined
  readonly prefer: string | undefined
  readonly accept: string | undefined
  /** Bytes announced; 0 without a body. */
  readonly contentLength: number
  readonly requestId: Uuid
  readonly remoteAddress: string
  /** To be called while the request is being handed over: what may come. Null: nothing that is of use. */
  expectBody(limits: BodyLimits | null): void
  /**
   * The whole body, in an ArrayBuffer of its own that may be transferred, or what is wrong with it. Called once, perhaps
   * at once; never when the request was aborted or answered before.
   */
  readBody(done: OnBody): void
  /**
   * To be called before anything is done for it. False: the client has gone. From here on one that closes its sending
   * half gets its answer all the same, and one that goes away is noticed when it is answered.
   */
  carryOut(): boolean
  /** The client went away before its answer was written. Answers given afterwards do nothing. */
  onAborted(listener: () => void): void
}

export type Respond = (reply: HttpReply) => void

export interface ExchangeOptions {
  readonly bodyLimit: number
  readonly budget: BodyBudget
  readonly readers: SlowReaders
  readonly drain: Drain
}

/** A body that was refused is read to its end up to this many limits, so that the client gets to read the answer. */
const drainedLimits = 8

interface Leaving {
  /** The native response is gone. */
  abandon(): void
}

export class Exchange implements HttpRequest {
  readonly requestId = newId()
  readonly authorization: string | undefined
  readonly contentType: string | undefined
  readonly ifMatch: string | undefined
  readonly idempotencyKey: string | undefined
  readonly prefer: string | undefined
  readonly accept: string | undefined
  #body: BodyReader | null = null
  #over = false
  #paused = false
  #answer: HttpReply | null = null
  /** What of the answer is still to leave. */
  #leaving: Leaving | null = null
  #aborted: (() => void) | null = null

  constructor(
    private readonly response: NativeResponse,
    private readonly options: ExchangeOptions,
    head: Head,
    readonly method: string,
    readonly path: string,
    readonly query: string,
    readonly contentLength: number,
    readonly remoteAddress: string,
    private readonly extra: ReplyHeaders | null,
  ) {
    this.authorization = head.authorization
    this.contentType = head.contentType
    this.ifMatch = head.ifMatch
    this.idempotencyKey = head.idempotencyKey
    this.prefer = head.prefer
    this.accept = head.accept
    options.drain.enter()
    response.onAborted(() => this.#abort())
    if (contentLength > 0) this.#body = this.#readerOf(contentLength)
  }

  expectBody(limits: BodyLimits | null): void {
    this.#body?.expect(limits)
  }

  readBody(done: OnBody): void {
    if (this.#over || this.#answer) return
    if (this.#body) this.#body.read(done)
    else done(noBody)
  }

  // uWS ends a connection at the end of its input. While nothing is read it does not come to that; of a body that is not
  // wanted, what has not come must still be read.
  carryOut(): boolean {
    if (this.#over || this.#answer) return false
    if (this.#body && !this.#body.complete) return true
    this.response.pause()
    this.#paused = true
    return true
  }

  onAborted(listener: () => void): void {
    this.#aborted = listener
  }

  respond(reply: HttpReply): void {
    if (this.#over || this.#answer) return settle(reply)
    this.#answer = reply
    this.#body?.discard()
    if (!this.#body || this.#body.complete) this.#send(reply, this.options.drain.closing)
    else if (this.contentLength > drainedLimits * this.options.bodyLimit) this.#send(reply, true)
  }

  /** Answers and closes the connection: what follows on it is not trusted. */
  refuse(reply: HttpReply): void {
    if (this.#over || this.#answer) return settle(reply)
    this.#answer = reply
    this.#body?.discard()
    this.#send(reply, true)
  }

  #readerOf(length: number): BodyReader {
    const { budget } = this.options
    return new BodyReader(
      this.response,
      length,
      networkOf(this.remoteAddress),
      budget,
      () => this.#continue(),
      () => this.refuse(problem('overloaded', this.requestId)),
    )
  }

  // An answer before the body's end waits for it: uWS takes away the idle timeout when the last piece comes, and a
  // connection that was answered before would stay for ever.
  #continue(): void {
    if (this.#answer && !this.#over && this.#body?.complete === true)
      this.#send(this.#answer, this.options.drain.closing)
  }

  // Closing inside the parser's call does not stop a pipelined request behind this one, and microtasks still run
  // inside it: an answer that closes leaves in the next turn. A request that comes meanwhile ends the connection.
  #send(reply: HttpReply, close: boolean): void {
    if (close) setImmediate(() => this.#write(reply, true))
    else this.#write(reply, false)
  }

  #write(reply: HttpReply, close: boolean): void {
    if (this.#over) return
    const { response, method, requestId, extra } = this
    if (this.#paused) response.resume()
    const context = { method, requestId, extra, close }
    const { readers } = this.options
    const onEnd = (): void => this.#end()
    if ('stream' in reply) return this.#stream(reply, context)
    response.cork(() => {
      this.#leaving = sendBody(response, reply, context, readers, onEnd)
    })
  }

  #stream(reply: StreamReply, context: ReplyContext): void {
    const { response } = this
    const { readers } = this.options
    const onEnd = (): void => {
      settle(reply)
      this.#end()
    }
    let writer: SocketWriter | null = null
    response.cork(() => {
      this.#leaving = writer = startStream(response, reply, context, readers, onEnd)
    })
    if (writer) reply.stream(writer)
  }

  #end(): void {
    if (this.#over) return
    this.#over = true
    this.options.drain.leave()
  }

  #abort(): void {
    if (this.#over) return
    this.#leaving?.abandon()
    this.#body?.discard()
    if (this.#answer) settle(this.#answer)
    this.#end()
    this.#aborted?.()
  }
}
