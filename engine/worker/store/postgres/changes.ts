// Changes of rows as steps of a transaction, in their order. Neighbours that do the same to one table become one step.
import type { Change, IndexEntry, Row, Table } from '../store.js'
import { indexNumber, tableNumber } from './names.js'
import { booleans, bytes, integers, uuids } from './parameters.js'
import { givenRows, rowColumns, rowParameters } from './rows.js'
import { inTransaction, type Step } from './transaction.js'

type Insert = Extract<Change, { op: 'insert' }>
type Update = Extract<Change, { op: 'update' }>
type Ensure = Extract<Change, { op: 'ensure' }>
type Delete = Extract<Change, { op: 'delete' }>

const insertRows = (table: Table, rows: readonly Row[], onConflict = ''): Step => ({
  text: `insert into ${table} (${rowColumns})
    select ${rowColumns} from ${givenRows} where ${inTransaction} ${onConflict}`,
  parameters: rowParameters(rows),
  unless: 'conflict',
})

const givenEntries = `unnest($2::uuid[], $3::smallint[], $4::integer[], $5::bytea[], $6::boolean[])
  as given (row_id, idx_name, index_version, idx, is_unique)`

interface OwnedEntry extends IndexEntry {
  readonly rowId: string
}

const entryParameters = (table: Table, entries: readonly OwnedEntry[]): Step['parameters'] => [
  tableNumber(table),
  uuids(entries.map(({ rowId }) => rowId)),
  integers(entries.map(({ index }) => indexNumber(index))),
  integers(entries.map(({ indexVersion }) => indexVersion)),
  bytes(entries.map(({ value }) => value)),
  booleans(entries.map(({ unique }) => unique)),
]

const entryOwner = ({ row, indexes = [] }: Insert | Update): OwnedEntry[] =>
  indexes.map((entry) => ({ ...entry, rowId: row.id }))

const isSameEntry = `e.tbl = $1::smallint and e.row_id = given.row_id
  and e.idx_name = given.idx_name and e.index_version = given.index_version
  and e.idx = given.idx and e.is_unique = given.is_unique`

// An entry that is there already is the row's own: what other rows hold is not looked at, but violates the index.
const insertEntries = (table: Table, entries: readonly OwnedEntry[]): Step => ({
  text: `insert into row_index (tbl, row_id, idx_name, index_version, idx, is_unique)
    select $1::smallint, row_id, idx_name, index_version, idx, is_unique from ${givenEntries}
    where ${inTransaction} and not exists (select 1 from row_index e where ${isSameEntry})`,
  parameters: entryParameters(table, entries),
  unless: 'conflict',
})

const dropOtherEntries = (table: Table, id: string, entries: readonly OwnedEntry[]): Step => ({
  text: `delete from row_index e
    where e.tbl = $1::smallint and e.row_id = $7::uuid and ${inTransaction}
      and not exists (select 1 from ${givenEntries} where ${isSameEntry})`,
  parameters: [...entryParameters(table, entries), id],
  unless: 'conflict',
})

const updateRow = ({ table, row, expectedVersion }: Update): Step => ({
  text: `with changed as (
      update ${table} t set parent = given.parent, version = given.version, state = given.state,
        created_time = given.created_time, updated_time = given.updated_time,
        expires_time = given.expires_time, doc = given.doc, secret = given.secret
      from ${givenRows}
      where t.id = given.id and t.version = $10::bigint and ${inTransaction} returning 1
    ) select 1 / count(*)::integer from changed`,
  parameters: [...rowParameters([row]), expectedVersion],
  unless: 'stale',
})

const inserted = (changes: readonly Insert[]): Step[] => {
  const { table } = changes[0]!
  const entries = changes.flatMap(entryOwner)
  const rows = insertRows(
    table,
    changes.map(({ row }) => row),
  )
  return entries.length === 0 ? [rows] : [rows, insertEntries(table, entries)]
}

const ensured = (changes: readonly Ensure[]): Step[] => {
  const rows = changes.map(({ row }) => row)
  return [insertRows(changes[0]!.table, rows, 'on conflict (id) do nothing')]
}

const updated = (change: Update): Step[] => {
  if (change.indexes === undefined) return [updateRow(change)]
  const entries = entryOwner(change)
  const dropped = dropOtherEntries(change.table, change.row.id, entries)
  const added = entries.length === 0 ? [] : [insertEntries(change.table, entries)]
  return [updateRow(change), dropped, ...added]
}

const deleted = (changes: readonly Delete[]): Step[] => {
  const { table } = changes[0]!
  const text = `with dropped as (
      delete from row_index where tbl = $1::smallint and row_id = any($2::uuid[]) and ${inTransaction}
    ) delete from ${table} where id = any($2::uuid[]) and ${inTransaction}`
  const parameters = [tableNumber(table), uuids(changes.map(({ id }) => id))]
  return [{ text, parameters, unless: 'conflict' }]
}

/** Runs of neighbours of the same kind; an update stands alone, because each has its own condition. */
const runsOf = (changes: readonly Change[]): Change[][] => {
  const runs: Change[][] = []
  for (const change of changes) {
    const run = runs.at(-1)
    const [last] = run ?? []
    if (last?.op === change.op && last.table === change.table && change.op !== 'update')
      run!.push(change)
    else runs.push([change])
  }
  return runs
}

/** Throws a RangeError for what is no table, id or number. */
export const stepsOf = (changes: readonly Change[]): Step[] =>
  runsOf(changes).flatMap((run) => {
    const [first] = run as [Change]
    tableNumber(first.table)
    if (first.op === 'insert') return inserted(run as Insert[])
    if (first.op === 'ensure') return ensured(run as Ensure[])
    if (first.op === 'delete') return deleted(run as Delete[])
    return updated(first)
  })
