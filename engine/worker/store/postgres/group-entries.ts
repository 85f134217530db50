// Index entries of the changes of a group, as columns.
import type { IndexEntry } from '../store.js'
import type { Insert, Placed, Update } from './group-items.js'
import { indexNumber, tableNumber } from './names.js'
import { booleans, bytes, integers, uuids } from './parameters.js'
import type { Statement } from './session.js'

export interface OwnedEntry {
  readonly of: Placed<Insert | Update>
  readonly entry: IndexEntry
}

export const entriesOf = (changes: readonly Placed<Insert | Update>[]): OwnedEntry[] =>
  changes.flatMap((of) => (of.change.indexes ?? []).map((entry) => ({ of, entry })))

const arrays = `$1::integer[], $2::smallint[], $3::uuid[], $4::smallint[], $5::integer[],
  $6::bytea[], $7::boolean[]`
const columns = 'item, tbl, row_id, idx_name, index_version, idx, is_unique'

/** A set of entries, from parameters $1…$7. */
export const givenEntries = `unnest(${arrays}) as given (${columns})`
/** The same, each with the place of its change, $8. */
export const givenPlacedEntries = `unnest(${arrays}, $8::integer[]) as given (${columns}, place)`

export const entryParameters = (entries: readonly OwnedEntry[]): Statement['parameters'] => [
  integers(entries.map(({ of }) => of.item)),
  integers(entries.map(({ of }) => tableNumber(of.change.table))),
  uuids(entries.map(({ of }) => of.change.row.id)),
  integers(entries.map(({ entry }) => indexNumber(entry.index))),
  integers(entries.map(({ entry }) => entry.indexVersion)),
  bytes(entries.map(({ entry }) => entry.value)),
  booleans(entries.map(({ entry }) => entry.unique)),
]

export const isSameValue = `e.tbl = given.tbl and e.idx_name = given.idx_name
  and e.index_version = given.index_version and e.idx = given.idx`
export const isSameEntry = `${isSameValue} and e.row_id = given.row_id and e.is_unique = given.is_unique`
