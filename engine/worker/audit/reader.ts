// Reads the log as people do: events newest first, from a position on. Blocks that do not open are passed and counted.
import { latestTime } from '../../clock.js'
import { IntegrityError } from '../cipher/record.js'
import type { Keyring } from '../keys/keyring.js'
import type { AuditBlock, AuditPosition, Store } from '../store/store.js'
import { openBlock } from './contents.js'
import { type AuditEventJson, toJson } from './event.js'

export interface EventPage {
  readonly items: AuditEventJson[]
  /** Blocks that do not open. */
  readonly unreadable: number
  /** Where the next page begins; null: there is none. */
  readonly last: AuditPosition | null
}

/** At most 16 MiB. */
const blocksAtOnce = 64
/** Looked at for one page: where most of them do not open, the page is short. */
const blocksAtMost = 1_024
/** Opened before others have their turn: about two milliseconds. */
const sliceEvents = 256

const lastChain = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

export class AuditReader {
  #slice = 0

  constructor(
    private readonly store: Pick<Store, 'auditPage'>,
    private readonly keys: Keyring,
    private readonly giveWay: () => Promise<void>,
  ) {}

  async page(before: AuditPosition | null, limit: number): Promise<EventPage> {
    const page = new OpenPage(this.keys, before, limit)
    const atOnce = Math.min(limit, blocksAtOnce)
    for (let left = blocksAtMost; left > 0; left -= atOnce) {
      const blocks = await this.store.auditPage(page.last, atOnce)
      for (const block of blocks) {
        await this.#takeTurn(block)
        page.take(block)
        if (page.isFull) return page
      }
      if (blocks.length < atOnce || page.isBeforeTime) return page.atEnd()
    }
    return page.isBeforeTime ? page.atEnd() : page
  }

  async #takeTurn({ count }: AuditBlock): Promise<void> {
    if (this.#slice >= sliceEvents) {
      this.#slice = 0
      await this.giveWay()
    }
    this.#slice += count
  }
}

class OpenPage implements EventPage {
  readonly items: AuditEventJson[] = []
  unreadable = 0
  last: AuditPosition | null

  constructor(
    private readonly keys: Keyring,
    private readonly before: AuditPosition | null,
    private readonly limit: number,
  ) {
    this.last = before
  }

  get isFull(): boolean {
    return this.items.length >= this.limit
  }

  /** Behind the last place that an event can have. */
  get isBeforeTime(): boolean {
    return this.last !== null && this.last.time < Number.MIN_SAFE_INTEGER
  }

  /** The events of a block, the newest first, from where the page begins. */
  take(block: AuditBlock): void {
    const { chain, firstSeq, lastTime } = block
    this.last = placeOf(block)
    const events = this.#opened(block)
    for (let i = events.length - 1; i >= 0 && !this.isFull; i--) {
      const position = { time: lastTime, chain, seq: firstSeq + i }
      if (!this.#isBehind(position)) continue
      this.items.push(events[i]!)
      this.last = position
    }
  }

  atEnd(): EventPage {
    return { items: this.items, unreadable: this.unreadable, last: null }
  }

  #opened(block: AuditBlock): readonly AuditEventJson[] {
    try {
      return openBlock(this.keys, block).map(toJson)
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error
      this.unreadable++
      return []
    }
  }

  // Only the block that the page before ended in begins before the position and goes beyond it.
  #isBehind({ time, chain, seq }: AuditPosition): boolean {
    const from = this.before
    return from === null || time !== from.time || chain !== from.chain || seq < from.seq
  }
}

/** Times that no engine writes stand before or behind all others, and are not told apart where no number can. */
const placeOf = ({ lastTime, chain, firstSeq }: AuditBlock): AuditPosition =>
  lastTime > latestTime
    ? { time: latestTime, chain: lastChain, seq: Number.MAX_SAFE_INTEGER }
    : { time: lastTime, chain, seq: Math.min(firstSeq, Number.MAX_SAFE_INTEGER) }
