// The messages of the hand-over: batches go in as Piscina tasks, answers come back one by one, gathered per turn of
// the event loop into one message and one buffer.
import type { MessagePort } from 'node:worker_threads'
import type { Item } from './item.js'

export interface Batch {
  readonly items: readonly Item[]
}

export interface ReplyHead {
  readonly n: number
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Where the body lies in the message's bytes; length 0: no body. */
  readonly offset: number
  readonly length: number
}

export interface Replies {
  readonly heads: readonly ReplyHead[]
  /** Transferred; filled with zeros by the front after the last write. */
  readonly bytes: Uint8Array
}

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
  /** Replies leave here. */
  readonly replies: MessagePort
  /** Calls to and from the main thread. */
  readonly main: MessagePort
}
