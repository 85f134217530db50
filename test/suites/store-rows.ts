// Rows, blocks and commits for tests of stores. Every value is different from every other one, so that two columns that
// were mixed up show.
import { randomBytes, randomInt } from 'node:crypto'
import { newId, type Uuid } from '../../engine/ids.js'
import type {
  AuditBlock,
  Change,
  Commit,
  IndexEntry,
  OutboxRow,
  Row,
  StateGuard,
  StoredState,
  Table,
  WrappedKeyRow,
} from '../../engine/worker/store/store.js'

export const someTime = 1_790_000_000_123

export const rowOf = (fields: Partial<Row> = {}): Row => ({
  id: newId(),
  parent: null,
  version: 1,
  state: 0,
  createdTime: someTime + randomInt(1e6),
  updatedTime: someTime + randomInt(1e6),
  expiresTime: null,
  doc: randomBytes(120),
  secret: null,
  ...fields,
})

export const blockOf = (fields: Partial<AuditBlock> = {}): AuditBlock => ({
  chain: newId(),
  firstSeq: 1,
  count: 1,
  secretReads: randomInt(1e9),
  epoch: randomInt(1e9),
  firstTime: someTime + randomInt(1e6),
  lastTime: someTime + randomInt(1e6),
  filter: randomBytes(8),
  contentHash: randomBytes(32),
  sealed: randomBytes(200),
  mac: randomBytes(32),
  ...fields,
})

/** Blocks of one event each, `from`…`to` of one chain. */
export const chainOf = (from: number, to: number, chain: Uuid = newId()): AuditBlock[] =>
  Array.from({ length: to - from + 1 }, (_, i) => blockOf({ chain, firstSeq: from + i }))

export const entryOf = (fields: Partial<IndexEntry> = {}): IndexEntry => ({
  index: 'entryPath',
  indexVersion: 1,
  value: randomBytes(16),
  unique: true,
  ...fields,
})

export const outboxOf = (fields: Partial<OutboxRow> = {}): OutboxRow => ({
  id: newId(),
  type: `it's "quoted" \\ {,} ä`,
  time: someTime + randomInt(1e6),
  data: randomBytes(120),
  ...fields,
})

export const keyOf = (fields: Partial<WrappedKeyRow> = {}): WrappedKeyRow => ({
  purpose: 1,
  version: 1,
  wrapped: randomBytes(76),
  commit: randomBytes(32),
  layers: 1,
  createdTime: someTime,
  retiredTime: null,
  ...fields,
})

export const insertOf = (
  row: Row,
  indexes: readonly IndexEntry[] = [],
  table: Table = 'vault_entry',
): Change => ({ op: 'insert', table, row, indexes })

export const updateOf = (
  row: Row,
  indexes?: readonly IndexEntry[],
  expectedVersion = row.version - 1,
  table: Table = 'vault_entry',
): Change => ({ op: 'update', table, row, expectedVersion, indexes })

/** The state that follows, with bytes that nobody seals twice alike. */
export const raiseOf = (expected: StoredState): StateGuard => ({
  expected,
  raised: randomBytes(120),
})

export const commitOf = (changes: readonly Change[], fields: Partial<Commit> = {}): Commit => ({
  changes,
  audit: [blockOf()],
  outbox: [],
  guard: null,
  ...fields,
})
