// What a log says of each row: its newest write, how often it was written, and which rows ended. Taken in event by event.
import type { Milliseconds } from '../../clock.js'
import type { PlacedEvent } from '../audit/chain-check.js'
import { type Ended, endedIn, type RecordedRow, recordedIn } from '../audit/recorded-rows.js'
import { sessionLifetime } from '../identity/session.js'

type Place = Pick<PlacedEvent, 'chain' | 'firstSeq' | 'id'>

/** A row's newest write event. */
export interface Claim extends RecordedRow {
  readonly event: Place
  /** Of its first write event. */
  readonly since: Milliseconds
  /** Of all its write events: each version is written once, one after the other. */
  readonly oldest: number
  readonly count: number
}

export interface EndedClaim extends Ended {
  readonly time: Milliseconds
  readonly event: Place
}

const sweptAtFirst = 100_000

const keyOf = ({ table, id }: Ended): string => `${table} ${id}`

export class Claims {
  readonly #newest = new Map<string, Claim>()
  #ended = new Map<string, EndedClaim>()
  #latest: Milliseconds = 0
  #sweepAt = sweptAtFirst

  take({ detail, chain, firstSeq, id, time }: PlacedEvent): void {
    this.#latest = Math.max(this.#latest, time)
    if (!('written' in detail) && !('ended' in detail)) return
    const event = { chain, firstSeq, id }
    for (const written of recordedIn(detail)) this.#take(written, event, time)
    for (const ended of endedIn(detail)) this.#end(ended, event, time)
    if (this.#newest.size + this.#ended.size > this.#sweepAt) this.#sweep()
  }

  /** Of rows that should be there. */
  newest(): Claim[] {
    this.#sweep()
    return [...this.#newest.values()]
  }

  /** Of rows that should not. */
  ended(): EndedClaim[] {
    this.#sweep()
    return [...this.#ended.values()]
  }

  of(row: Ended): Claim | undefined {
    return this.#newest.get(keyOf(row))
  }

  hasEnded(row: Ended): boolean {
    return this.#ended.has(keyOf(row))
  }

  #take(written: RecordedRow, event: Place, time: Milliseconds): void {
    const known = this.#newest.get(keyOf(written))
    const oldest = Math.min(known?.oldest ?? written.version, written.version)
    const since = Math.min(known?.since ?? time, time)
    const count = (known?.count ?? 0) + 1
    // Several writers' chains overlap in time; a row's versions do not.
    const newest =
      known && known.version >= written.version ? known : { ...known, ...written, event }
    this.#newest.set(keyOf(written), { ...newest, since, oldest, count })
  }

  #end(ended: Ended, event: Place, time: Milliseconds): void {
    this.#newest.delete(keyOf(ended))
    this.#ended.set(keyOf(ended), { ...ended, time, event })
  }

  // A session is of no use for longer, and its row is cleared away without an event.
  #sweep(): void {
    const since = this.#latest - sessionLifetime
    for (const [key, { table, time }] of this.#ended)
      if (table === 'session' && time < since) this.#ended.delete(key)
    for (const [key, claim] of this.#newest)
      if (claim.table === 'session' && claim.since <= since) this.#newest.delete(key)
    this.#sweepAt = Math.max(sweptAtFirst, 2 * (this.#newest.size + this.#ended.size))
  }
}
