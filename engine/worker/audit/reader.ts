// Reads the log as people do: events newest first, from a position on, all or those that pass a filter. Blocks that do
// not open are passed and counted; of those whose filter denies what is looked for nobody asks whether they would.
import { IntegrityError } from '../cipher/record.js'
import type { AuditBlock, AuditPosition } from '../store/store.js'
import { openBlock } from './contents.js'
import { type AuditEventJson, toJson } from './event.js'
import { type EventFilter, everyEvent, passes } from './event-filter.js'
import { placeOf, search, type SearchParts } from './search.js'

export interface EventPage {
  readonly items: AuditEventJson[]
  /** Blocks that do not open. */
  readonly unreadable: number
  /** Where the next page begins; null: there is none. */
  readonly last: AuditPosition | null
}

/** Opened for one page: where few of their events belong here, or most do not open, the page is short. */
const atMost = { blocks: 1_024, events: 65_536 }
/** Opened before others have their turn: about two milliseconds. */
const sliceEvents = 256

export class AuditReader {
  #slice = 0

  constructor(private readonly parts: SearchParts) {}

  async page(
    before: AuditPosition | null,
    limit: number,
    filter: EventFilter = everyEvent,
  ): Promise<EventPage> {
    const page = new OpenPage(this.parts.keys, before, limit, filter)
    for await (const { blocks, until, isEnd } of search(this.parts, before, filter, limit)) {
      for (const block of blocks) {
        await this.#takeTurn(block)
        page.take(block)
        if (page.isFull) return page
      }
      if (isEnd) return page.atEnd()
      page.last = until
      if (page.isDear) return page
    }
    return page
  }

  async #takeTurn({ count }: AuditBlock): Promise<void> {
    if (this.#slice >= sliceEvents) {
      this.#slice = 0
      await this.parts.giveWay()
    }
    this.#slice += count
  }
}

class OpenPage implements EventPage {
  readonly items: AuditEventJson[] = []
  unreadable = 0
  last: AuditPosition | null
  #blocks = 0
  #events = 0

  constructor(
    private readonly keys: SearchParts['keys'],
    private readonly before: AuditPosition | null,
    private readonly limit: number,
    private readonly filter: EventFilter,
  ) {
    this.last = before
  }

  get isFull(): boolean {
    return this.items.length >= this.limit
  }

  /** As much was opened for it as for one page may be. */
  get isDear(): boolean {
    return this.#blocks >= atMost.blocks || this.#events >= atMost.events
  }

  /** The events of a block that pass, the newest first, from where the page begins. */
  take(block: AuditBlock): void {
    const { chain, firstSeq, lastTime } = block
    this.last = placeOf(block)
    const events = this.#opened(block)
    this.#blocks++
    this.#events += events.length
    for (let i = events.length - 1; i >= 0 && !this.isFull; i--) {
      const [event, item] = events[i]!
      const position = { time: lastTime, chain, seq: firstSeq + i }
      if (!this.#isBehind(position) || !passes(this.filter, event)) continue
      this.items.push(item)
      this.last = position
    }
  }

  atEnd(): EventPage {
    return { items: this.items, unreadable: this.unreadable, last: null }
  }

  #opened(block: AuditBlock) {
    try {
      return openBlock(this.keys, block).map((event) => [event, toJson(event)] as const)
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
