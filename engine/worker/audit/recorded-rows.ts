// What a write event says of the rows it wrote (FORMATS §5): version and digest, so that a row that somebody rolled back
// or exchanged is found by a deep verification. No content: digests are of sealed bytes.
import type { Uuid } from '../../ids.js'
import type { Change, Row, Table } from '../store/store.js'
import type { AuditEvent } from './event.js'
import { sha256 } from './sha256.js'

export interface RecordedRow {
  readonly table: Table
  readonly id: Uuid
  readonly version: number
  readonly digest: string
}

const watchedTables: ReadonlySet<Table> = new Set<Table>([
  'vault_entry',
  'user_account',
  'permission_set',
])
/** Their rows end for good: one that is found later was put back, and what it proved must not count again. */
const endingTables: ReadonlySet<Table> = new Set<Table>(['session', 'setup_token'])
const shownBytes = 16

/** Hex of the first 16 bytes of SHA-256(doc ‖ secret). */
export const rowDigest = ({ doc, secret }: Pick<Row, 'doc' | 'secret'>): string =>
  sha256(secret === null ? doc : Buffer.concat([doc, secret])).toString('hex', 0, shownBytes)

export const recordedBy = (changes: readonly Change[]): RecordedRow[] =>
  changes.flatMap((change) => {
    if (change.op !== 'insert' && change.op !== 'update') return []
    const { table, row } = change
    if (!watchedTables.has(table)) return []
    return [{ table, id: row.id, version: row.version, digest: rowDigest(row) }]
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
