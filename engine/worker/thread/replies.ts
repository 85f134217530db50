// Gathers the answers of one turn of the event loop into one message and one buffer, which moves to the front. Large
// ones leave by themselves.
import type { MessagePort } from 'node:worker_threads'
import { type BlockReply, type Headers, writeBlock } from '../../task/reply-block.js'

const ownBufferFrom = 64 * 1024

const isSmall = ({ body }: BlockReply): boolean => body === null || body.length < ownBufferFrom

export class ReplyWriter {
  #pending: BlockReply[] = []

  constructor(private readonly port: MessagePort) {}

  send(n: number, status: number, headers: Headers, body: string | null): void {
    if (this.#pending.push({ n, status, headers, body }) === 1) setImmediate(() => this.#flush())
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
