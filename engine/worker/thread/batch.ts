// Runs the items of a batch, each by itself. The batch's place is given back when every item has been answered or has
// released it: whoever waits for something slow (a cold tenant, a password) holds no place.
import type { Milliseconds } from '../../clock.js'
import { type Batch, BatchUnpacker } from '../../task/batch.js'
import type { Item } from '../../task/item.js'
import type { Pipeline } from '../request/pipeline.js'
import type { ReplyWriter } from './replies.js'

/** Whatever a request waits for, a database that hangs or a long list: others are let past it after this. */
const usualSlotTimeout: Milliseconds = 25

export class BatchRunner {
  readonly #unpacker = new BatchUnpacker()
  #underWay = 0
  #idle: (() => void)[] = []

  constructor(
    private readonly pipeline: Pipeline,
    private readonly replies: ReplyWriter,
    private readonly slotTimeout = usualSlotTimeout,
  ) {}

  run(batch: Batch): Promise<void> {
    return new Promise((resolve) => {
      const items = this.#unpacker.unpack(batch)
      if (items.length === 0) return resolve()
      let held = items.length
      const slotTimeout = setTimeout(resolve, this.slotTimeout)
      const giveBack = (): void => {
        if (--held > 0) return
        clearTimeout(slotTimeout)
        resolve()
      }
      for (const item of items) void this.#answer(item, giveBack)
    })
  }

  /** Resolves when nothing is under way, at the latest after `limitMs`. */
  async drain(limitMs: Milliseconds): Promise<void> {
    if (this.#underWay === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs)
      this.#idle.push(() => (clearTimeout(timer), resolve()))
    })
  }

  async #answer(item: Item, giveBack: () => void): Promise<void> {
    let holds = true
    const release = (): void => {
      if (holds) giveBack()
      holds = false
    }
    this.#underWay++
    try {
      const answer = await this.pipeline.answer(item, release, ({ status, headers, stream }) =>
        this.replies.stream(item.n, status, headers, stream),
      )
      if (answer) this.replies.send(item.n, answer.status, answer.headers, answer.body)
    } finally {
      release()
      this.#ended()
    }
  }

  #ended(): void {
    if (--this.#underWay > 0) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}
