// Takes a request's body as it arrives, up to its announced length and never more than the limit. The bytes end in one
// ArrayBuffer of their own, which may be transferred to a worker. Over the limit nothing is kept.
import type { HttpResponse as NativeResponse } from 'uWebSockets.js'

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

export type OnBody = (body: Uint8Array | null) => void

export class BodyReader {
  #chunks: Uint8Array[] = []
  #held = 0
  #arrived = 0
  #body: Uint8Array | null = null
  #waiting: OnBody | null = null
  #keep: boolean
  /** All announced bytes have arrived. */
  complete = false

  /**
   * `onProgress` is called at every piece that arrives: with `complete` set at the last; `arrived` counts all.
   * `onOverload`: the budget is used up.
   */
  constructor(
    response: NativeResponse,
    private readonly length: number,
    keep: boolean,
    private readonly budget: BodyBudget,
    private readonly onProgress: (arrived: number) => void,
    private readonly onOverload: () => void,
  ) {
    this.#keep = keep
    response.onData((chunk, isLast) => this.#take(chunk, isLast))
  }

  /** `done` is called once, with null when the body was over the limit; never after discard(). */
  read(done: OnBody): void {
    if (this.complete) done(this.#release())
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
    if (this.#keep && !this.#hold(new Uint8Array(chunk), isLast)) this.onOverload()
    this.complete = isLast
    const waiting = isLast ? this.#waiting : null
    if (waiting) {
      this.#waiting = null
      waiting(this.#release())
    }
    this.onProgress(this.#arrived)
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

  #release(): Uint8Array | null {
    const body = this.#body
    this.#body = null
    return body
  }
}
