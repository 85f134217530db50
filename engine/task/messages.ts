// What a thread is given before its first batch (batch.ts); its answers come back one by one, gathered per turn of the
// event loop into one block (reply-block.ts), which is the whole message.
import type { MessagePort } from 'node:worker_threads'

/** An answer of unknown length: its head, and where its pieces come from (stream.ts). By itself, not among Replies. */
export interface StreamHead {
  readonly n: number
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly stream: MessagePort
}

/** What a worker thread gets before its first batch. */
export interface WorkerStart<Options> {
  readonly options: Options
  /** Blocks of answers leave here. */
  readonly replies: MessagePort
  /** Calls to and from the main thread. */
  readonly main: MessagePort
}
