// Gathers the answers of one turn of the event loop into one message and one buffer, which moves to the front. Large
// ones leave by themselves.
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { StreamHead } from '../../task/messages.js'
import { type BlockReply, type Headers, writeBlock } from '../../task/reply-block.js'
import { sendStream } from './stream.js'

const ownBufferFrom = 64 * 1024

const isSmall = ({ body }: BlockReply): boolean => body === null || body.length < ownBufferFrom

export class ReplyWriter {
  #pending: BlockReply[] = []

  constructor(private readonly port: MessagePort) {}

  send(n: number, status: number, headers: Headers, body: string | null): void {
    if (this.#pending.push({ n, status, headers, body }) === 1) setImmediate(() => this.#flush())
  }

  /** Resolves when the last piece is sent or nobody is there to take it; rejects as `pieces` does. */
  stream(
    n: number,
    status: number,
    headers: Headers,
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

  #post(replies: readonly BlockReply[]): void {
    const block = writeBlock(replies)
    this.port.postMessage(block, [block.buffer as ArrayBuffer])
  }
}
