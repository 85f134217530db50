// The changes of a group of commits, a statement for all of a table and kind. What the findings left out of account
// (another node's doing, since) fails, or comes to another number of rows.
import type { Row, Table } from '../store.js'
import { type OwnedEntry, entryParameters, givenEntries, isSameEntry } from './group-entries.js'
import type { Delete, Ensure, Insert, Placed, Update } from './group-items.js'
import { isMeant, isRefused } from './group-refused.js'
import { tableNumber } from './names.js'
import { integers, uuids } from './parameters.js'
import { givenItemRows, rowColumns, rowParameters } from './rows.js'
import type { Statement } from './session.js'
import { inTransaction } from './transaction.js'

/** Of ids, as `byTable` orders tables. */
const inOrder = <C extends Insert | Update | Ensure>(changes: readonly Placed<C>[]): Placed<C>[] =>
  [...changes].sort((a, b) => (a.change.row.id < b.change.row.id ? -1 : 1))

const rowsParameters = (
  changes: readonly Placed<Insert | Update | Ensure>[],
): Statement['parameters'] => [
  ...rowParameters(changes.map(({ change }): Row => change.row)),
  integers(changes.map(({ item }) => item)),
  integers(changes.map(({ change }) => (change.op === 'update' ? change.expectedVersion : null))),
]

/** Answers how many. */
export const updateRows = (table: Table, updates: readonly Placed<Update>[]): Statement => ({
  text: `with changed as (
      update ${table} t set parent = given.parent, version = given.version, state = given.state,
        created_time = given.created_time, updated_time = given.updated_time,
        expires_time = given.expires_time, doc = given.doc, secret = given.secret
      from ${givenItemRows}
      where t.id = given.id and t.version = given.expected and ${isMeant} returning 1
    ) select count(*)::integer from changed`,
  parameters: rowsParameters(inOrder(updates)),
})

export const insertRows = (
  table: Table,
  changes: readonly Placed<Insert | Ensure>[],
  onConflict = '',
): Statement => ({
  text: `insert into ${table} (${rowColumns})
    select ${rowColumns} from ${givenItemRows} where ${isMeant} ${onConflict}`,
  parameters: rowsParameters(inOrder(changes)),
})

export const dropOtherEntries = (
  table: Table,
  updates: readonly Placed<Update>[],
  entries: readonly OwnedEntry[],
): Statement => ({
  text: `delete from row_index e
    using unnest($8::integer[], $9::uuid[]) as changed (item, row_id)
    where e.tbl = $10::smallint and e.row_id = changed.row_id
      and not (changed.item ${isRefused}) and ${inTransaction}
      and not exists (select 1 from ${givenEntries} where ${isSameEntry})`,
  parameters: [
    ...entryParameters(entries),
    integers(updates.map(({ item }) => item)),
    uuids(updates.map(({ change }) => change.row.id)),
    tableNumber(table),
  ],
})

export const insertEntries = (entries: readonly OwnedEntry[]): Statement => ({
  text: `insert into row_index (tbl, row_id, idx_name, index_version, idx, is_unique)
    select tbl, row_id, idx_name, index_version, idx, is_unique from ${givenEntries}
    where ${isMeant} and not exists (select 1 from row_index e where ${isSameEntry})`,
  parameters: entryParameters(entries),
})

export const deleteRows = (table: Table, changes: readonly Placed<Delete>[]): Statement => {
  const meant = `select given.id from unnest($2::integer[], $3::uuid[]) as given (item, id)
    where ${isMeant}`
  return {
    text: `with dropped as (
        delete from row_index where tbl = $1::smallint and row_id in (${meant})
      ) delete from ${table} where id in (${meant})`,
    parameters: [
      tableNumber(table),
      integers(changes.map(({ item }) => item)),
      uuids(changes.map(({ change }) => change.id)),
    ],
  }
}
