// Takes a request's body as it arrives, up to its announced length and never more than its limits. The bytes end in one
// ArrayBuffer of their own, which may be transferred to a worker. Over a limit nothing is kept, and a mark says which.
import type { HttpResponse as NativeResponse } from 'uWebSockets.js'
import type { BodyLimits } from '../../task/contract.js'
import { JsonMeter } from './json-meter.js'

/** Bodies up to this have a reserve of their own: sign-ins and most changes go on while large ones fill the rest. */
const smallBody = 64 * 1024
const reserve = 1 / 4

/** Bytes of all unfinished bodies together: many slow senders must not fill the memory. */
export class BodyBudget {
  #held = 0
  constructor(private readonly limit: number) {}

  /** `length`: of the whole body that these bytes are a piece of. */
  take(bytes: number, length: number): boolean {
    const limit = length > smallBody ? this.limit * (1 - reserve) : this.limit
    if (this.#held + bytes > limit) return false
    this.#held += bytes
    return true
  }

  give(bytes: number): void {
    this.#held -= bytes
  }
}

export interface ReceivedBody {
  /** Null: there is none, or it is over a limit. */
  readonly bytes: Uint8Array | null
  /** What a worker answers at its place in the order of checks: too much of it, or nested deeper than any body is. */
  readonly fault: 'payload_too_large' | 'malformed_body' | null
  readonly tokens: number
}
export type OnBody = (body: ReceivedBody) => void

export const noBody: ReceivedBody = { bytes: null, fault: null, tokens: 0 }

const unlimited: BodyLimits = { bytes: Infinity, depth: Infinity, tokens: Infinity }

export class BodyReader {
  #chunks: Uint8Array[] = []
  #held = 0
  #arrived = 0
  #body: Uint8Array | null = null
  #waiting: OnBody | null = null
  #keep = true
  #limits = unlimited
  #fault: ReceivedBody['fault'] = null
  readonly #meter = new JsonMeter()
  /** All announced bytes have arrived. */
  complete = false

  /**
   * `onProgress` is called at every piece that arrives: with `complete` set at the last; `arrived` counts all.
   * `onOverload`: the budget is used up.
   */
  constructor(
    response: NativeResponse,
    private readonly length: number,
    private readonly budget: BodyBudget,
    private readonly onProgress: (arrived: number) => void,
    private readonly onOverload: () => void,
  ) {
    response.onData((chunk, isLast) => this.#take(chunk, isLast))
  }

  /** Before the first piece: what may come. Null: nothing that is of use. */
  expect(limits: BodyLimits | null): void {
    if (limits === null) this.#keep = false
    else this.#limits = limits
    if (limits !== null && this.length > limits.bytes) this.#refuse('payload_too_large')
  }

  /** `done` is called once, when all is there or a limit is passed; never after discard(). */
  read(done: OnBody): void {
    if (this.complete || this.#fault) done(this.#release())
    else this.#waiting = done
  }

  /** Wipes what was kept and keeps nothing more. */
  discard(): void {
    this.#keep = false
    this.#waiting = null
    this.#drop()
    this.#body?.fill(0)
    this.#body = null
  }

  #take(chunk: ArrayBuffer, isLast: boolean): void {
    this.#arrived += chunk.byteLength
    if (this.#keep) this.#keepWithinLimits(new Uint8Array(chunk), isLast)
    this.complete = isLast
    if (isLast) this.#deliver()
    this.onProgress(this.#arrived)
  }

  #keepWithinLimits(piece: Uint8Array, isLast: boolean): void {
    this.#meter.take(piece, this.#limits)
    if (this.#meter.tokens > this.#limits.tokens) this.#refuse('payload_too_large')
    else if (this.#meter.depth > this.#limits.depth) this.#refuse('malformed_body')
    else if (!this.#hold(piece, isLast)) this.onOverload()
  }

  #refuse(fault: NonNullable<ReceivedBody['fault']>): void {
    this.#fault = fault
    this.#keep = false
    this.#drop()
    this.#deliver()
  }

  #deliver(): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.(this.#release())
  }

  // uWS takes its bytes back when the callback returns. Most bodies come in one piece.
  #hold(piece: Uint8Array, isLast: boolean): boolean {
    if (isLast) {
      this.#body = this.#assemble(piece)
      return true
    }
    if (!this.budget.take(piece.length, this.length)) return false
    this.#held += piece.length
    this.#chunks.push(piece.slice())
    return true
  }

  #assemble(last: Uint8Array): Uint8Array {
    if (this.#chunks.length === 0) return last.slice()
    const whole = new Uint8Array(this.length)
    let at = 0
    for (const chunk of [...this.#chunks, last]) {
      whole.set(chunk, at)
      at += chunk.length
    }
    this.#drop()
    return whole
  }

  #drop(): void {
    for (const chunk of this.#chunks) chunk.fill(0)
    this.#chunks = []
    this.budget.give(this.#held)
    this.#held = 0
  }

  #release(): ReceivedBody {
    const bytes = this.#body
    this.#body = null
    return { bytes, fault: this.#fault, tokens: this.#meter.tokens }
  }
}
