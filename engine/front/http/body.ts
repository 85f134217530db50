// Takes a request's body as it arrives, up to its announced length and never more than its limits. The bytes end in one
// ArrayBuffer of their own, which may be transferred to a worker. Over a limit nothing is kept, and a mark says which.
import type { HttpResponse as NativeResponse } from 'uWebSockets.js'
import type { BodyLimits } from '../../task/contract.js'
import { JsonMeter } from './json-meter.js'

/** Bodies up to this have a reserve of their own: sign-ins and most changes go on while large ones fill the rest. */
const smallBody = 64 * 1024
const reserve = 1 / 4

/** A network may hold as much of what the others leave: each that fills its share leaves as much to the next. */
const shareOfNetwork = 1 / 2

/**
 * Bytes of all bodies that nobody has taken yet: many slow senders must not fill the memory, nor the share of others.
 * Networks are those of network.ts; whose body it is may not be known before it is there.
 */
export class BodyBudget {
  readonly #heldBy = new Map<string, number>()
  #held = 0
  constructor(private readonly limit: number) {}

  /** `length`: of the whole body that these bytes are a piece of. */
  take(network: string, bytes: number, length: number): boolean {
    const limit = length > smallBody ? this.limit * (1 - reserve) : this.limit
    const own = this.#heldBy.get(network) ?? 0
    const share = (this.limit - (this.#held - own)) * shareOfNetwork
    if (this.#held + bytes > limit || own + bytes > share) return false
    this.#set(network, own, bytes)
    return true
  }

  give(network: string, bytes: number): void {
    if (bytes > 0) this.#set(network, this.#heldBy.get(network) ?? 0, -bytes)
  }

  #set(network: string, own: number, more: number): void {
    this.#held += more
    if (own + more === 0) this.#heldBy.delete(network)
    else this.#heldBy.set(network, own + more)
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
    private readonly network: string,
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
  }

  #take(chunk: ArrayBuffer, isLast: boolean): void {
    this.#arrived += chunk.byteLength
    if (this.#keep) this.#keepWithinLimits(new Uint8Array(chunk))
    this.complete = isLast
    if (isLast) this.#deliver()
    this.onProgress(this.#arrived)
  }

  #keepWithinLimits(piece: Uint8Array): void {
    this.#meter.take(piece, this.#limits)
    if (this.#meter.tokens > this.#limits.tokens) this.#refuse('payload_too_large')
    else if (this.#meter.depth > this.#limits.depth) this.#refuse('malformed_body')
    else if (!this.#hold(piece)) this.onOverload()
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

  // uWS takes its bytes back when the callback returns.
  #hold(piece: Uint8Array): boolean {
    if (!this.budget.take(this.network, piece.length, this.length)) return false
    this.#held += piece.length
    this.#chunks.push(piece.slice())
    return true
  }

  #drop(): void {
    for (const chunk of this.#chunks) chunk.fill(0)
    this.#chunks = []
    this.budget.give(this.network, this.#held)
    this.#held = 0
  }

  #release(): ReceivedBody {
    const bytes = this.#keep ? this.#assemble() : null
    this.#drop()
    return { bytes, fault: this.#fault, tokens: this.#meter.tokens }
  }

  // Most bodies come in one piece.
  #assemble(): Uint8Array {
    if (this.#chunks.length === 1) return this.#chunks.pop()!
    const whole = new Uint8Array(this.length)
    let at = 0
    for (const chunk of this.#chunks) {
      whole.set(chunk, at)
      at += chunk.length
    }
    return whole
  }
}
