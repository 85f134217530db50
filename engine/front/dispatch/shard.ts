// One shard: a Piscina of one thread, and the requests on their way to it and back. While at most two batches are in
// flight, requests gather and leave together: an idle engine adds no delay, a busy one amortises the thread hop
// (alone 23–31 µs, in batches of 32: 7 µs). A batch bounds only the hand-over; every answer comes back by itself.
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Piscina } from 'piscina'
import { BatchPacker } from '../../task/batch.js'
import type { Item } from '../../task/item.js'
import { BlockReader, type Headers, type ReadReply } from '../../task/reply-block.js'
import { networkOf } from '../../network.js'
import { DeficitRoundRobin } from './deficit-round-robin.js'
import { Places } from './places.js'
import type { StreamHead, WorkerStart } from '../../task/messages.js'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Wiped by whoever writes it to the socket. */
  readonly body: Uint8Array | null
  /** Instead of a body: where its pieces come from. Closed by whoever is given it. */
  readonly stream?: MessagePort
}
export type OnAnswer = (answer: Answer) => void

export interface ShardOptions {
  /** Ports among the options. */
  readonly transfer: readonly MessagePort[]
  /** Requests that may wait for an answer at once. */
  readonly limit: number
  readonly onFault: (error: unknown) => void
  /** Serves the thread's calls to the main thread. */
  readonly serveMain: (port: MessagePort) => void
}

interface Pending {
  readonly owner: string
  readonly isUnauthenticated: boolean
  readonly onAnswer: OnAnswer
}

/** Of a request whose thread died. */
const lost: Answer = { status: 0, headers: {}, body: null }

const batchesInFlight = 2
/** Of one batch, and so of the thread at a time: at most so many requests, and work of about so many microseconds. */
const portion = { items: 256, cost: 16_000 }

/**
 * Whose turn it is: a tenant's, or, before anybody has signed in, a network's. Whether the name that was given exists
 * must not count.
 */
const ownerOf = ({ claims, clientAddress }: Omit<Item, 'n'>): string =>
  claims?.tid ?? networkOf(clientAddress)

export class Shard {
  readonly #waiting = new DeficitRoundRobin<Item>()
  readonly #open = new Map<number, Pending>()
  readonly #places: Places
  readonly #packer = new BatchPacker()
  readonly #reader = new BlockReader()
  #inFlight = 0
  #next = 0
  #scheduled = false

  /** Calls between the main thread and this worker. */
  readonly main: MessagePort

  private constructor(
    private readonly pool: Piscina,
    limit: number,
    private readonly onFault: (error: unknown) => void,
    replies: MessagePort,
    main: MessagePort,
  ) {
    this.main = main
    this.#places = new Places(limit)
    replies.on('message', (message: Uint8Array | StreamHead) => this.#deliver(message))
    replies.on('close', () => this.#lose())
  }

  /** Starts the thread; answers what its `start` answers. */
  static async start<Options, Result>(
    pool: Piscina,
    options: Options,
    { transfer, limit, onFault, serveMain }: ShardOptions,
  ): Promise<{ shard: Shard; result: Result }> {
    const replies = new MessageChannel()
    const main = new MessageChannel()
    const shard = new Shard(pool, limit, onFault, replies.port2, main.port2)
    // The thread may call while it starts.
    serveMain(main.port2)
    const start: WorkerStart<Options> = { options, replies: replies.port1, main: main.port1 }
    const transferList = [replies.port1, main.port1, ...transfer]
    const result = (await pool.run(start, { name: 'start', transferList })) as Result
    return { shard, result }
  }

  get pending(): number {
    return this.#open.size
  }

  /** `cost`: see cost.ts. False when there is no place for this owner's: the caller answers 503. */
  submit(item: Omit<Item, 'n'>, cost: number, onAnswer: OnAnswer): boolean {
    const owner = ownerOf(item)
    const isUnauthenticated = item.claims === null
    if (!this.#places.take(owner, isUnauthenticated)) return false
    const n = this.#number()
    this.#open.set(n, { owner, isUnauthenticated, onAnswer })
    this.#waiting.push(owner, { ...item, n }, cost)
    this.#schedule()
    return true
  }

  /** It crosses in 32 bits: after all of them the first come again, but for those that are open still. */
  #number(): number {
    do this.#next = (this.#next + 1) >>> 0
    while (this.#open.has(this.#next))
    return this.#next
  }

  // One turn of the event loop parses many sockets: let them all be heard before a batch leaves.
  #schedule(): void {
    if (this.#scheduled || this.#inFlight >= batchesInFlight) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#waiting.length === 0 || this.#inFlight >= batchesInFlight) return
    const items = this.#waiting.take(portion)
    const transferList = items.flatMap(({ body }) => (body ? [body.buffer as ArrayBuffer] : []))
    this.#inFlight++
    this.pool
      .run(this.#packer.pack(items), { name: 'batch', transferList })
      .catch((error: unknown) => this.#fail(items, error))
      .finally(() => {
        this.#inFlight--
        this.#flush()
      })
    if (this.#waiting.length > 0) this.#schedule()
  }

  #deliver(message: Uint8Array | StreamHead): void {
    if ('stream' in message) return this.#stream(message)
    for (const reply of this.#read(message)) this.#end(reply.n, reply)
  }

  #stream({ n, status, headers, stream }: StreamHead): void {
    if (this.#open.has(n)) this.#end(n, { status, headers, body: null, stream })
    else stream.close()
  }

  #read(block: Uint8Array): readonly ReadReply[] {
    try {
      return this.#reader.read(block)
    } catch (error) {
      // Nobody knows whose answers these were.
      this.onFault(error)
      this.#lose()
      return []
    }
  }

  #end(n: number, answer: Answer): void {
    const pending = this.#open.get(n)
    if (!pending) return
    this.#open.delete(n)
    this.#places.give(pending.owner, pending.isUnauthenticated)
    pending.onAnswer(answer)
  }

  // The thread ended. Whatever had left its batch, waiting for something slow, has nobody else to answer it.
  #lose(): void {
    this.#waiting.clear()
    for (const n of [...this.#open.keys()]) this.#end(n, lost)
  }

  // The worker answers errors itself; a batch that fails as a whole means that its thread died.
  #fail(items: readonly Item[], error: unknown): void {
    this.onFault(error)
    for (const { n } of items) this.#end(n, lost)
  }
}
