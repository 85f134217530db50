// The deep part of verification: whether the rows of today are those that their newest write events say (FORMATS §5). A
// row that was rolled back, exchanged or removed behind the engine's back is found; one that was changed by the engine
// meanwhile is not mistaken for it.
import type { Milliseconds } from '../../clock.js'
import { sessionLifetime } from '../identity/session.js'
import type { PlacedEvent } from '../audit/chain-check.js'
import type { Row, Store } from '../store/store.js'
import type { Fault } from '../audit/reasons.js'
import type { RowComparison } from '../audit/verify.js'
import {
  type Ended,
  endedIn,
  rowDigest,
  type RecordedRow,
  recordedIn,
} from '../audit/recorded-rows.js'

/** A row's newest write event. */
interface Claim extends RecordedRow {
  readonly event: Pick<PlacedEvent, 'chain' | 'firstSeq' | 'id'>
  /** Of all its write events: each version is written once, one after the other. */
  readonly oldest: number
  readonly count: number
}

interface EndedClaim extends Ended {
  readonly time: Milliseconds
  readonly event: Claim['event']
}

const rowsAtOnce = 200
const endsAtFirst = 100_000

export class RecordedRows implements RowComparison {
  readonly #newest = new Map<string, Claim>()
  #ended: EndedClaim[] = []
  #latest: Milliseconds = 0
  #forgetAt = endsAtFirst

  /** Takes in what an event in order says was written. */
  readonly watch = ({ detail, chain, firstSeq, id, time }: PlacedEvent): void => {
    if (!('written' in detail) && !('ended' in detail)) return
    const event = { chain, firstSeq, id }
    this.#latest = Math.max(this.#latest, time)
    for (const ended of endedIn(detail)) this.#ended.push({ ...ended, time, event })
    if (this.#ended.length > this.#forgetAt) this.#forgetOldEnds()
    for (const written of recordedIn(detail)) {
      const key = `${written.table} ${written.id}`
      const known = this.#newest.get(key)
      const oldest = Math.min(known?.oldest ?? written.version, written.version)
      const count = (known?.count ?? 0) + 1
      // Several writers' chains overlap in time; a row's versions do not.
      const newest = known && known.version >= written.version ? known : { ...written, event }
      this.#newest.set(key, { ...newest, oldest, count })
    }
  }

  /**
   * Compares the rows with their newest events. `catchUp` walks on to the present end of all chains: a row that is
   * newer than its event is right when an event that came meanwhile says so.
   */
  async compare(store: Pick<Store, 'read'>, catchUp: () => Promise<void>): Promise<Fault | null> {
    const claims = [...this.#newest.values()]
    // Rolled back and written anew, it has the same version twice.
    const twice = claims.find(({ version, oldest, count }) => count > version - oldest + 1)
    if (twice) return faultOf(twice)
    this.#forgetOldEnds()
    for await (const { one, row } of withRows(store, this.#ended)) if (row) return faultOf(one)
    const suspects: Suspect[] = []
    for await (const { one: claim, row } of withRows(store, claims))
      if (!row || !isAs(row, claim)) suspects.push({ claim, row })
    if (suspects.some(({ row, claim }) => row && row.version > claim.version)) await catchUp()
    const changed = suspects.find((suspect) => !this.#isExplained(suspect))
    return changed ? faultOf(changed.claim) : null
  }

  #forgetOldEnds(): void {
    // A session is of no use for longer.
    const since = this.#latest - sessionLifetime
    this.#ended = this.#ended.filter(({ table, time }) => table !== 'session' || time >= since)
    this.#forgetAt = Math.max(endsAtFirst, 2 * this.#ended.length)
  }

  #isExplained({ row, claim }: Suspect): boolean {
    const now = this.#newest.get(`${claim.table} ${claim.id}`)
    if (!row || !now || row.version <= claim.version) return false
    // Written once more since it was read: that write's own event is checked by the next verification.
    return now.version > row.version || isAs(row, now)
  }
}

interface Suspect {
  readonly claim: Claim
  readonly row: Row | undefined
}

/** Each with its row as it is now. */
async function* withRows<One extends Ended>(
  store: Pick<Store, 'read'>,
  all: readonly One[],
): AsyncGenerator<{ readonly one: One; readonly row: Row | undefined }> {
  for (const table of new Set(all.map((one) => one.table))) {
    const ofTable = all.filter((one) => one.table === table)
    for (let from = 0; from < ofTable.length; from += rowsAtOnce) {
      const some = ofTable.slice(from, from + rowsAtOnce)
      const ids = some.map(({ id }) => id)
      const rows = new Map((await store.read(table, ids)).map((row) => [row.id, row]))
      for (const one of some) yield { one, row: rows.get(one.id) }
    }
  }
}

const isAs = (row: Row, { version, digest }: RecordedRow): boolean =>
  row.version === version && rowDigest(row) === digest

const faultOf = ({ event }: Pick<Claim, 'event'>): Fault => ({
  chain: event.chain,
  sequence: event.firstSeq,
  id: event.id,
  reason: 'row_changed',
})
