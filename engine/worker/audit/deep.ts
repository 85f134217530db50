// The deep part of verification: whether the rows of today are those that their newest write events say (FORMATS §5). A
// row that was rolled back, exchanged or removed behind the engine's back is found; one that was changed by the engine
// meanwhile is not mistaken for it.
import type { Uuid } from '../../ids.js'
import type { AuditRow, Row, Store, Table } from '../store/store.js'
import { parseDetail } from './detail.js'
import type { Fault } from './reasons.js'
import { rowDigest, type Written, writtenIn } from './written.js'

/** A row's newest write event. */
interface Claim extends Written {
  readonly event: Pick<AuditRow, 'chain' | 'seq' | 'id'>
  /** Of all its write events: each version is written once, one after the other. */
  readonly oldest: number
  readonly count: number
}

const rowsAtOnce = 200

export class WrittenRows {
  readonly #newest = new Map<string, Claim>()

  /** Takes in what an event in order says was written. */
  readonly watch = (row: AuditRow, json: string): void => {
    if (!json.includes('"written"')) return
    for (const written of writtenIn(parseDetail(json).detail)) {
      const key = `${written.table} ${written.id}`
      const { chain, seq, id } = row
      const known = this.#newest.get(key)
      const oldest = Math.min(known?.oldest ?? written.version, written.version)
      const count = (known?.count ?? 0) + 1
      // Several writers' chains overlap in time; a row's versions do not.
      const newest =
        known && known.version >= written.version
          ? known
          : { ...written, event: { chain, seq, id } }
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
    const suspects: Suspect[] = []
    for (const table of new Set(claims.map((claim) => claim.table)))
      suspects.push(
        ...(await suspectsIn(
          store,
          table,
          claims.filter((c) => c.table === table),
        )),
      )
    if (suspects.some(({ row, claim }) => row && row.version > claim.version)) await catchUp()
    const changed = suspects.find((suspect) => !this.#isExplained(suspect))
    return changed ? faultOf(changed.claim) : null
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

const suspectsIn = async (
  store: Pick<Store, 'read'>,
  table: Table,
  claims: readonly Claim[],
): Promise<Suspect[]> => {
  const suspects: Suspect[] = []
  for (let from = 0; from < claims.length; from += rowsAtOnce) {
    const some = claims.slice(from, from + rowsAtOnce)
    const rows = await store.read(
      table,
      some.map(({ id }) => id),
    )
    const byId = new Map<Uuid, Row>(rows.map((row) => [row.id, row]))
    suspects.push(...some.map((claim) => ({ claim, row: byId.get(claim.id) })).filter(isSuspect))
  }
  return suspects
}

const isSuspect = ({ row, claim }: Suspect): boolean => !row || !isAs(row, claim)

const isAs = (row: Row, { version, digest }: Written): boolean =>
  row.version === version && rowDigest(row) === digest

const faultOf = ({ event }: Claim): Fault => ({
  chain: event.chain,
  sequence: event.seq,
  id: event.id,
  reason: 'row_changed',
})
