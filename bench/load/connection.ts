// One keep-alive connection with one request in flight, on a raw socket: a client library costs more processor than
// the fastest contender. An answer is good when it is a 200 that ends in exactly the body expected; only others are
// parsed.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Target } from './messages.js'

export interface PreparedTarget {
  readonly request: Buffer
  /** The empty line and the body. */
  readonly tail: Buffer
}

export const prepare = ({ request, body }: Target): PreparedTarget => ({
  request: Buffer.from(request),
  tail: Buffer.from(`\r\n\r\n${body}`),
})

export interface Sink {
  pick(): PreparedTarget
  /** `failure` is the status line of an answer that was not good. */
  answered(sentAt: number, now: number, failure: string | null): void
  broken(error: Error): void
}

const endOfHead = Buffer.from('\r\n\r\n')
const readBytes = 16 * 1024
const ok = Buffer.from('HTTP/1.1 200')

const isGood = (answer: Buffer, tail: Buffer): boolean =>
  answer.length > tail.length &&
  answer.compare(ok, 0, ok.length, 0, ok.length) === 0 &&
  answer.compare(tail, 0, tail.length, answer.length - tail.length) === 0

/** Its status line when the answer is there as a whole; null when more has to come. */
const statusLineOf = (answer: Buffer): string | null => {
  const head = answer.indexOf(endOfHead)
  if (head < 0) return null
  const text = answer.toString('latin1', 0, head)
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0)
  return answer.length < head + endOfHead.length + length ? null : text.split('\r\n', 1)[0]!
}

export class Connection {
  readonly #socket: Socket
  #partial: Buffer | null = null
  #target: PreparedTarget | null = null
  #sentAt = 0
  #stopping = false

  constructor(
    port: number,
    private readonly sink: Sink,
  ) {
    const onread = {
      buffer: Buffer.allocUnsafe(readBytes),
      callback: (length: number, bytes: Uint8Array) => this.#read(bytes as Buffer, length),
    }
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true, onread })
  }

  get busy(): boolean {
    return this.#target !== null
  }

  async open(): Promise<void> {
    await once(this.#socket, 'connect')
    this.#socket.on('error', (error) => this.sink.broken(error))
    this.#socket.on('end', () => this.sink.broken(new Error('a connection was closed')))
  }

  send(now: number): void {
    const target = this.sink.pick()
    this.#target = target
    this.#sentAt = now
    this.#socket.write(target.request)
  }

  /** After the answer that is under way. */
  stop(): void {
    this.#stopping = true
  }

  close(): void {
    this.#socket.removeAllListeners('end').destroy()
  }

  #read(buffer: Buffer, length: number): boolean {
    // The buffer is used again for the next read.
    const bytes = buffer.subarray(0, length)
    const answer = this.#partial ? Buffer.concat([this.#partial, bytes]) : bytes
    const failure = this.#target && isGood(answer, this.#target.tail) ? null : statusLineOf(answer)
    const complete = failure !== null || (this.#target && isGood(answer, this.#target.tail))
    this.#partial = complete ? null : Buffer.from(answer)
    if (complete) this.#finish(failure)
    return true
  }

  #finish(failure: string | null): void {
    const now = performance.now()
    this.#target = null
    this.sink.answered(this.#sentAt, now, failure)
    if (!this.#stopping) this.send(now)
  }
}
