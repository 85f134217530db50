// Gathers the answers of one turn of the event loop into one message and one buffer, which moves to the front. Large
// ones leave by themselves.
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Replies, ReplyHead, StreamHead } from '../../task/messages.js'
import { sendStream } from './stream.js'

interface Pending {
  readonly n: number
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

const ownBufferFrom = 64 * 1024

const isSmall = ({ body }: Pending): boolean => body === null || body.length < ownBufferFrom

export class ReplyWriter {
  #pending: Pending[] = []

  constructor(private readonly port: MessagePort) {}

  send(
    n: number,
    status: number,
    headers: Readonly<Record<string, string>>,
    body: string | null,
  ): void {
    if (this.#pending.push({ n, status, headers, body }) === 1) setImmediate(() => this.#flush())
  }

  /** Resolves when the last piece is sent or nobody is there to take it; rejects as `pieces` does. */
  stream(
    n: number,
    status: number,
    headers: Readonly<Record<string, string>>,
    pieces: AsyncIterator<string, void>,
  ): Promise<void> {
    const { port1, port2 } = new MessageChannel()
    this.port.postMessage({ n, status, headers, stream: port2 } satisfies StreamHead, [port2])
    return sendStream(port1, pieces)
  }

  #flush(): void {
    const pending = this.#pending
    this.#pending = []
    const small = pending.filter(isSmall)
    if (small.length > 0) this.#post(small)
    // A reader who takes his time keeps one buffer: of what is large that is to be his own.
    if (small.length < pending.length)
      for (const one of pending) if (!isSmall(one)) this.#post([one])
  }

  #post(pending: readonly Pending[]): void {
    const lengths = pending.map(({ body }) => (body === null ? 0 : Buffer.byteLength(body)))
    // Never the shared pool: the buffer is transferred, and it carries secrets.
    const bytes = Buffer.allocUnsafeSlow(lengths.reduce((sum, length) => sum + length, 0))
    let offset = 0
    const heads = pending.map(({ n, status, headers, body }, i): ReplyHead => {
      const length = lengths[i] ?? 0
      if (body !== null) bytes.write(body, offset)
      offset += length
      return { n, status, headers, offset: offset - length, length }
    })
    this.port.postMessage({ heads, bytes } satisfies Replies, [bytes.buffer])
  }
}
