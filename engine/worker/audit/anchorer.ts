// Brings the anchors of one writer to the sink, in order, beside the writes: no write waits for an anchor, and a sink
// that fails makes neither reads nor writes fail. What could not be appended is tried again when flush is asked for.
import type { Milliseconds } from '../../clock.js'
import type { AnchorRecord } from '../../task/broker.js'
import type { StoredState } from '../store/store.js'
import type { AnchorSink } from './anchors.js'
import type { ChainState } from './chain.js'
import { sha256 } from './sha256.js'

// While the sink is away for long, newer anchors replace the last one waiting: memory stays bounded, and what is
// anchored late is anchored all the same.
const maxWaiting = 1_000

export class Anchorer {
  readonly #waiting: AnchorRecord[] = []
  #flushing: Promise<void> | null = null
  #failed = false

  constructor(
    private readonly sink: Pick<AnchorSink, 'append'>,
    private readonly onFault: (error: unknown) => void,
  ) {}

  add(anchor: AnchorRecord): void {
    if (this.#waiting.length >= maxWaiting) this.#waiting.pop()
    this.#waiting.push(anchor)
    if (!this.#failed) void this.#send()
  }

  /** Resolves when all are appended, or one has failed again. Never rejects. */
  flush(): Promise<void> {
    this.#failed = false
    return this.#send()
  }

  #send(): Promise<void> {
    this.#flushing ??= this.#drain().finally(() => {
      this.#flushing = null
    })
    return this.#flushing
  }

  async #drain(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0])
      try {
        await this.sink.append(next)
        this.#waiting.shift()
      } catch (error) {
        this.#failed = true
        this.onFault(error)
        return
      }
  }
}

/** Bytes of their own: an anchor is sent to another thread, and a slice would take the memory around it along. */
export const anchorAt = (
  state: ChainState,
  access: StoredState,
  time: Milliseconds,
): AnchorRecord => ({
  chain: state.registration.chain,
  seq: state.seq,
  digest: new Uint8Array(state.digest),
  epoch: access.accessEpoch,
  state: new Uint8Array(sha256(access.sealed)),
  time,
})
