// What a write event says of the rows it wrote (FORMATS §5): version and digest, so that a row that somebody rolled back
// or exchanged is found by a deep verification. No content: digests are of sealed bytes.
import type { Uuid } from '../../ids.js'
import type { Change, Row, Table } from '../store/store.js'
import type { AuditEvent } from './event.js'
import { sha256 } from './sha256.js'

export interface Written {
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
const shownBytes = 16

/** Hex of the first 16 bytes of SHA-256(doc ‖ secret). */
export const rowDigest = ({ doc, secret }: Pick<Row, 'doc' | 'secret'>): string =>
  sha256(secret === null ? doc : Buffer.concat([doc, secret])).toString('hex', 0, shownBytes)

export const writtenBy = (changes: readonly Change[]): Written[] =>
  changes.flatMap((change) => {
    if (change.op !== 'insert' && change.op !== 'update') return []
    const { table, row } = change
    if (!watchedTables.has(table)) return []
    return [{ table, id: row.id, version: row.version, digest: rowDigest(row) }]
  })

/** The first event of a commit carries what the commit wrote. */
export const withWritten = (
  events: readonly AuditEvent[],
  changes: readonly Change[],
): readonly AuditEvent[] => {
  const written = writtenBy(changes)
  const [first, ...others] = events
  if (!first || written.length === 0) return events
  return [{ ...first, detail: { ...first.detail, written } }, ...others]
}

/** What an event's detail says was written; rows of this very engine only, since the chain vouches for them. */
export const writtenIn = (detail: Readonly<Record<string, unknown>>): readonly Written[] =>
  Array.isArray(detail.written) ? (detail.written as Written[]) : []
