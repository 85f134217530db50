// Rows, their index entries, the audit log and the rest of one database, in maps. Everything is copied in and out, so
// that nobody holds a stored buffer. A change is made on a copy of the maps and taken over as a whole.
import type { Uuid } from '../../../ids.js'
import { isSameBlock } from '../same-block.js'
import {
  type AuditBlock,
  type Change,
  type IndexEntry,
  type IndexValue,
  type OutboxRow,
  type Row,
  noState,
  type StateGuard,
  StoreError,
  type StoredState,
  type Table,
  type WrappedKeyRow,
} from '../store.js'

interface Stored {
  readonly row: Row
  readonly indexes: readonly IndexEntry[]
}

export interface MemoryData {
  readonly tables: ReadonlyMap<Table, ReadonlyMap<Uuid, Stored>>
  readonly audit: ReadonlyMap<string, AuditBlock>
  readonly keys: readonly WrappedKeyRow[]
  readonly outbox: readonly OutboxRow[]
  readonly state: StoredState
}

export const emptyData: MemoryData = {
  tables: new Map(),
  audit: new Map(),
  keys: [],
  outbox: [],
  state: noState,
}

/** A copy whose buffers are its own. */
export const copyOf = <T extends object>(record: T): T => {
  const copied = Object.entries(record).map(([name, value]: [string, unknown]) => [
    name,
    Buffer.isBuffer(value) ? Buffer.from(value) : value,
  ])
  return Object.fromEntries(copied) as T
}

export const indexKey = ({ index, indexVersion, value }: IndexValue): string =>
  `${index}/${indexVersion}/${value.toString('hex')}`

export const auditKey = ({ chain, firstSeq }: Pick<AuditBlock, 'chain' | 'firstSeq'>): string =>
  `${chain}/${firstSeq}`

type MutableTables = Map<Table, Map<Uuid, Stored>>

const rowsOf = (tables: MutableTables, table: Table): Map<Uuid, Stored> => {
  const rows = tables.get(table) ?? new Map<Uuid, Stored>()
  tables.set(table, rows)
  return rows
}

const place = (rows: Map<Uuid, Stored>, row: Row, indexes: readonly IndexEntry[]): void => {
  const wanted = new Set(indexes.filter(({ unique }) => unique).map(indexKey))
  for (const [id, other] of rows)
    if (id !== row.id && other.indexes.some((entry) => entry.unique && wanted.has(indexKey(entry))))
      throw new StoreError('conflict')
  rows.set(row.id, { row: copyOf(row), indexes: indexes.map(copyOf) })
}

const apply = (rows: Map<Uuid, Stored>, change: Change): void => {
  if (change.op === 'delete') return void rows.delete(change.id)
  const present = rows.get(change.row.id)
  if (change.op === 'ensure') return present ? undefined : place(rows, change.row, [])
  if (change.op === 'insert') {
    if (present) throw new StoreError('conflict')
    return place(rows, change.row, change.indexes)
  }
  if (present?.row.version !== change.expectedVersion) throw new StoreError('stale')
  place(rows, change.row, change.indexes ?? present.indexes)
}

/** Throws a StoreError; `data` itself is never touched. */
export const withChanges = (data: MemoryData, changes: readonly Change[]): MemoryData => {
  const tables: MutableTables = new Map()
  for (const [table, rows] of data.tables) tables.set(table, new Map(rows))
  for (const change of changes) apply(rowsOf(tables, change.table), change)
  return { ...data, tables }
}

/** Blocks that are there already with the same bytes stay; other bytes: `audit_conflict`. */
export const withAudit = (data: MemoryData, added: readonly AuditBlock[]): MemoryData => {
  const audit = new Map(data.audit)
  for (const row of added) {
    const present = audit.get(auditKey(row))
    if (present && !isSameBlock(present, row)) throw new StoreError('audit_conflict')
    audit.set(auditKey(row), copyOf(row))
  }
  return { ...data, audit }
}

export const withOutbox = (data: MemoryData, added: readonly OutboxRow[]): MemoryData => {
  const ids = new Set(data.outbox.map(({ id }) => id))
  if (added.some(({ id }) => ids.has(id))) throw new StoreError('conflict')
  return { ...data, outbox: [...data.outbox, ...added.map(copyOf)] }
}

/** Throws `epoch` unless the state is the expected one, byte for byte. */
export const withState = (data: MemoryData, { expected, raised }: StateGuard): MemoryData => {
  const { accessEpoch, sealed } = data.state
  if (accessEpoch !== expected.accessEpoch || !sealed.equals(expected.sealed))
    throw new StoreError('epoch')
  if (raised === null) return data
  return { ...data, state: copyOf({ accessEpoch: accessEpoch + 1, sealed: raised }) }
}
