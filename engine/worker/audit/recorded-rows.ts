// What a write event says of the rows it wrote (FORMATS §5): version, digest and index entries, so that a row that
// somebody rolled back, exchanged or made impossible to find is found by a deep verification. No content: digests are of
// sealed bytes, index entries are keyed hashes.
import type { Uuid } from '../../ids.js'
import type { Change, IndexEntry, IndexName, IndexValue, Row, Table } from '../store/store.js'
import { indexNames } from '../store/store.js'
import type { AuditEvent } from './event.js'
import { sha256 } from './sha256.js'

export interface RecordedRow {
  readonly table: Table
  readonly id: Uuid
  readonly version: number
  readonly digest: string
  /** `<name>/<version>/<hex>` each; left out where the write left them as they were. */
  readonly indexes?: readonly string[]
}

const watchedTables: ReadonlySet<Table> = new Set<Table>([
  'vault_entry',
  'vault_entry_version',
  'user_account',
  'permission_set',
  'session',
  'setup_token',
])
/** Their rows end for good: one that is found later was put back, and what it proved must not count again. */
const endingTables: ReadonlySet<Table> = new Set<Table>([
  'session',
  'setup_token',
  'vault_entry_version',
])
const shownBytes = 16

/** Hex of the first 16 bytes of SHA-256 over all columns: the plain ones as JSON, then both sealed ones. */
export const rowDigest = (row: Row): string => {
  const { parent, version, state, createdTime, updatedTime, expiresTime, doc, secret } = row
  const plain = [parent, version, state, createdTime, updatedTime, expiresTime, doc.length]
  const text = Buffer.from(JSON.stringify(plain))
  const all = secret === null ? [text, doc] : [text, doc, secret]
  return sha256(Buffer.concat(all)).toString('hex', 0, shownBytes)
}

const indexText = ({ index, indexVersion, value }: IndexEntry): string =>
  `${index}/${indexVersion}/${value.toString('hex')}`

/** Null for what none of this engine's writes says. */
export const indexOf = (text: string): IndexValue | null => {
  const [index, version, value] = text.split('/')
  if (index === undefined || value === undefined || !Object.hasOwn(indexNames, index)) return null
  return {
    index: index as IndexName,
    indexVersion: Number(version),
    value: Buffer.from(value, 'hex'),
  }
}

export const recordedBy = (changes: readonly Change[]): RecordedRow[] =>
  changes.flatMap((change) => {
    if (change.op !== 'insert' && change.op !== 'update') return []
    const { table, row, indexes } = change
    if (!watchedTables.has(table)) return []
    const written = { table, id: row.id, version: row.version, digest: rowDigest(row) }
    return [indexes === undefined ? written : { ...written, indexes: indexes.map(indexText) }]
  })

export interface Ended {
  readonly table: Table
  readonly id: Uuid
}

export const endedBy = (changes: readonly Change[]): Ended[] =>
  changes.flatMap((change) =>
    change.op === 'delete' && endingTables.has(change.table)
      ? [{ table: change.table, id: change.id }]
      : [],
  )

/** The first event of a commit carries what the commit wrote and ended. */
export const withRecorded = (
  events: readonly AuditEvent[],
  changes: readonly Change[],
): readonly AuditEvent[] => {
  const written = recordedBy(changes)
  const ended = endedBy(changes)
  const [first, ...others] = events
  if (!first || written.length + ended.length === 0) return events
  const recorded = {
    ...(written.length > 0 ? { written } : {}),
    ...(ended.length > 0 ? { ended } : {}),
  }
  return [{ ...first, detail: { ...first.detail, ...recorded } }, ...others]
}

/** What an event's detail says was written; rows of this very engine only, since the chain vouches for them. */
export const recordedIn = (detail: Readonly<Record<string, unknown>>): readonly RecordedRow[] =>
  Array.isArray(detail.written) ? (detail.written as RecordedRow[]) : []

export const endedIn = (detail: Readonly<Record<string, unknown>>): readonly Ended[] =>
  Array.isArray(detail.ended) ? (detail.ended as Ended[]) : []
