// What a socket did not take of an answer's body at once. uWS would copy it into a buffer that nobody sees or counts;
// here it waits in memory of its own, counted, until the socket can take more. It must never touch the native response
// after it ended or was aborted.
import type { HttpResponse as NativeResponse } from 'uWebSockets.js'
import type { SlowAnswer, SlowReaders } from './slow-readers.js'

/** Zeros where it stood: one slow reader must not keep the buffer that the answers of others came in. */
const movedOut = (body: Uint8Array, offset: number): Uint8Array => {
  const rest = new Uint8Array(body.subarray(offset))
  body.fill(0)
  return rest
}

/** The bytes from `offset` on. What is not wiped belongs to everybody (a document of the front), and is not copied. */
export const restOf = (body: Uint8Array | string, offset: number, wipe: boolean): Uint8Array => {
  if (typeof body === 'string') return Buffer.from(body).subarray(offset)
  const isShared = body.byteLength < body.buffer.byteLength
  return wipe && isShared ? movedOut(body, offset) : body.subarray(offset)
}

export class SlowBody implements SlowAnswer {
  readonly #begin: number
  #over = false

  /** `rest`: the last bytes of `length`. `onEnd` is called when the last byte was taken, never after abandon(). */
  constructor(
    private readonly response: NativeResponse,
    private readonly rest: Uint8Array,
    private readonly length: number,
    private readonly wipe: boolean,
    private readonly readers: SlowReaders,
    private readonly onEnd: () => void,
  ) {
    this.#begin = length - rest.length
    readers.add(this, this.#begin)
    response.onWritable(() => this.push() === length)
  }

  push(): number {
    if (!this.#over) this.response.cork(() => this.#offer())
    return this.#over ? this.length : this.response.getWriteOffset()
  }

  cut(): void {
    if (!this.#over) this.response.close()
  }

  /** The native response is over. */
  abandon(): void {
    this.#over = true
    this.readers.remove(this)
    if (this.wipe) this.rest.fill(0)
  }

  #offer(): void {
    const left = this.rest.subarray(this.response.getWriteOffset() - this.#begin)
    if (!this.response.tryEnd(left, this.length)[1]) return
    this.abandon()
    this.onEnd()
  }
}
