// One keep-alive connection with one request in flight, on a raw socket: a client library costs more processor than
// the fastest contender. An answer is good when it has the status and ends in exactly the body expected; only others,
// and those whose body may be any, are parsed.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { serial } from '../traffic/messages.js'
import type { Target } from './messages.js'

export interface PreparedTarget {
  readonly request: Buffer
  /** Of `serial` in it; below 0: there is none. */
  readonly serialAt: number
  readonly statusLine: Buffer
  /** The empty line and the body; null: any. */
  readonly tail: Buffer | null
}

export const prepare = ({ request, status, body }: Target): PreparedTarget => ({
  request: Buffer.from(request),
  serialAt: Buffer.from(request).indexOf(serial),
  statusLine: Buffer.from(`HTTP/1.1 ${status}`),
  tail: body === null ? null : Buffer.from(`\r\n\r\n${body}`),
})

let written = 0

/** The request as it is sent this time. */
const numbered = ({ request, serialAt }: PreparedTarget): Buffer => {
  if (serialAt < 0) return request
  const bytes = Buffer.from(request)
  bytes.write(String(++written).padStart(serial.length, '0'), serialAt)
  return bytes
}

export interface Sink {
  pick(): PreparedTarget
  /** `failure` is the status line of an answer that was not good. */
  answered(sentAt: number, now: number, failure: string | null): void
  broken(error: Error): void
}

const endOfHead = Buffer.from('\r\n\r\n')
const readBytes = 16 * 1024

const hasStatus = (answer: Buffer, { statusLine }: PreparedTarget): boolean =>
  answer.length > statusLine.length &&
  answer.compare(statusLine, 0, statusLine.length, 0, statusLine.length) === 0

const endsIn = (answer: Buffer, tail: Buffer): boolean =>
  answer.length > tail.length &&
  answer.compare(tail, 0, tail.length, answer.length - tail.length) === 0

const isGood = (answer: Buffer, target: PreparedTarget): boolean =>
  hasStatus(answer, target) &&
  (target.tail === null ? statusLineOf(answer) !== null : endsIn(answer, target.tail))

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
    this.#socket.write(numbered(target))
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
    const good = this.#target !== null && isGood(answer, this.#target)
    const failure = good ? null : statusLineOf(answer)
    const complete = good || failure !== null
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
