// The deep part of verification: whether the rows of today are those that their newest write events say, and are found
// by their indexes (FORMATS §5). A row that was rolled back, exchanged or removed behind the engine's back is found; one
// that was changed by the engine meanwhile is not mistaken for it.
import type { IndexValue, Row, Store } from '../store/store.js'
import type { PlacedEvent } from '../audit/chain-check.js'
import type { Fault } from '../audit/reasons.js'
import type { RowComparison } from '../audit/verify.js'
import { type Ended, indexOf, rowDigest, type RecordedRow } from '../audit/recorded-rows.js'
import { type Claim, Claims } from './claims.js'

const rowsAtOnce = 200

type Rows = Pick<Store, 'read' | 'find'>

export class RecordedRows implements RowComparison {
  readonly #claims = new Claims()

  /** Takes in what an event in order says was written. */
  readonly watch = (event: PlacedEvent): void => this.#claims.take(event)

  /**
   * Compares the rows with their newest events. `catchUp` walks on to the present end of all chains: a row that is
   * newer than its event is right when an event that came meanwhile says so.
   */
  async compare(store: Rows, catchUp: () => Promise<void>): Promise<Fault | null> {
    const claims = this.#claims.newest()
    // Rolled back and written anew, it has the same version twice.
    const twice = claims.find(({ version, oldest, count }) => count > version - oldest + 1)
    if (twice) return faultOf(twice)
    for await (const { one, row } of withRows(store, this.#claims.ended()))
      if (row) return faultOf(one)
    const suspects = await suspectsIn(store, claims)
    if (suspects.length > 0) await catchUp()
    const changed = suspects.find((suspect) => !this.#isExplained(suspect))
    return changed ? faultOf(changed.claim) : null
  }

  #isExplained({ row, claim }: Suspect): boolean {
    const now = this.#claims.of(claim)
    // Of what ended meanwhile, the next verification sees whether it is gone.
    if (!now) return this.#claims.hasEnded(claim) || claim.table === 'session'
    if (!row) return now.version > claim.version
    if (row.version <= claim.version) return false
    // Written once more since it was read: that write's own event is checked by the next verification.
    return now.version > row.version || isAs(row, now)
  }
}

interface Suspect {
  readonly claim: Claim
  /** Undefined: it is not there, or is not found by an index. */
  readonly row: Row | undefined
}

const suspectsIn = async (store: Rows, claims: readonly Claim[]): Promise<Suspect[]> => {
  const suspects: Suspect[] = []
  for await (const { one: claim, row } of withRows(store, claims))
    if (!row || !isAs(row, claim)) suspects.push({ claim, row })
  for await (const claim of withoutIndex(store, claims)) suspects.push({ claim, row: undefined })
  return suspects
}

/** In pieces of one table. */
function* inPieces<One extends Ended>(all: readonly One[]): Generator<One[]> {
  for (const table of new Set(all.map((one) => one.table))) {
    const ofTable = all.filter((one) => one.table === table)
    for (let from = 0; from < ofTable.length; from += rowsAtOnce)
      yield ofTable.slice(from, from + rowsAtOnce)
  }
}

/** Each with its row as it is now. */
async function* withRows<One extends Ended>(
  store: Rows,
  all: readonly One[],
): AsyncGenerator<{ readonly one: One; readonly row: Row | undefined }> {
  for (const some of inPieces(all)) {
    const ids = some.map(({ id }) => id)
    const rows = new Map((await store.read(some[0]!.table, ids)).map((row) => [row.id, row]))
    for (const one of some) yield { one, row: rows.get(one.id) }
  }
}

/** Those that one of their index entries does not lead to. */
async function* withoutIndex(store: Rows, claims: readonly Claim[]): AsyncGenerator<Claim> {
  for (const some of inPieces(claims.filter(({ indexes }) => (indexes?.length ?? 0) > 0)))
    for (const [claim, isFound] of await foundByIndex(store, some)) if (!isFound) yield claim
}

const foundByIndex = async (store: Rows, some: readonly Claim[]): Promise<Map<Claim, boolean>> => {
  const found = new Map(some.map((claim) => [claim, true]))
  for (const [claims, values] of byIndex(some).values()) {
    const ids = new Set((await store.find(some[0]!.table, values)).map(({ id }) => id))
    for (const claim of claims) if (!ids.has(claim.id)) found.set(claim, false)
  }
  return found
}

/** What has an entry in an index, and the entries. */
type Entries = readonly [Claim[], IndexValue[]]

const byIndex = (some: readonly Claim[]): Map<string, Entries> => {
  const all = new Map<string, Entries>()
  for (const claim of some)
    for (const value of (claim.indexes ?? []).map(indexOf)) {
      if (!value) continue
      const name = `${value.index}/${value.indexVersion}`
      const known: Entries = all.get(name) ?? [[], []]
      known[0].push(claim)
      known[1].push(value)
      all.set(name, known)
    }
  return all
}

const isAs = (row: Row, { version, digest }: RecordedRow): boolean =>
  row.version === version && rowDigest(row) === digest

const faultOf = ({ event }: Pick<Claim, 'event'>): Fault => ({
  chain: event.chain,
  sequence: event.firstSeq,
  id: event.id,
  reason: 'row_changed',
})
