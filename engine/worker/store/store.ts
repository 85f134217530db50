// The engine-neutral store of one database: a tenant's, or the installation's own rows in the control database.
// It holds nothing that T-SQL cannot do. SQL stands only in the folders below. Every implementation passes
// test/suites/store.ts. The store is untrusted: it moves sealed bytes and plain columns, and decides nothing.
import type { Milliseconds } from '../../clock.js'
import type { Uuid } from '../../ids.js'

/** The tables of rows of a tenant's database, all of the same shape. A closed list: it becomes SQL identifiers. */
export const tenantTables = [
  'user_account',
  'session',
  'setup_token',
  'vault_entry',
  'vault_entry_version',
  'permission_set',
  'setting',
] as const

/** Tables that the control database has besides: it is the installation's own database and its directory of tenants. */
export const directoryTables = [
  'tenant',
  'tenant_kek',
  'operation',
  'audit_chain',
  'audit_anchor',
  'billing_event',
  'known_network',
] as const
export type Table = (typeof tenantTables)[number] | (typeof directoryTables)[number]
export const tables: readonly Table[] = [...tenantTables, ...directoryTables]

/** States of most tables; sweeps and listings need them in the plain (FORMATS §4). Directory tables have their own. */
export const rowState = { live: 0, deleted: 1 } as const
/** A small non-negative integer. */
export type RowState = number

export interface Row {
  readonly id: Uuid
  /** The row this one belongs to: the user of a session, the entry of a version. */
  readonly parent: Uuid | null
  /** From 1. Bound into the associated data of both sealed columns. */
  readonly version: number
  readonly state: RowState
  readonly createdTime: Milliseconds
  readonly updatedTime: Milliseconds
  readonly expiresTime: Milliseconds | null
  /** Sealed record; in tables that hold no content (tenant_kek, audit_chain, audit_anchor, billing_event, known_network) their own form. */
  readonly doc: Buffer
  /** A second sealed record of the same row (an entry's fields), else null. */
  readonly secret: Buffer | null
}

/** Blind indexes (FORMATS §3). Their numbers are stored. */
export const indexNames = {
  entryPath: 1,
  entryFolder: 2,
  username: 3,
  accountName: 4,
  tenantCode: 5,
  knownNetwork: 6,
  chainNumber: 7,
} as const
export type IndexName = keyof typeof indexNames

export interface IndexValue {
  readonly index: IndexName
  readonly indexVersion: number
  /** 16 bytes. */
  readonly value: Buffer
}
export interface IndexEntry extends IndexValue {
  /** No other row of the table may carry an equal (index, indexVersion, value). */
  readonly unique: boolean
}

export type Change =
  | {
      readonly op: 'insert'
      readonly table: Table
      readonly row: Row
      readonly indexes: readonly IndexEntry[]
    }
  | {
      readonly op: 'update'
      readonly table: Table
      readonly row: Row
      /** The version that must be stored now; else StoreError `stale`. */
      readonly expectedVersion: number
      /** Replaces all index entries of the row; undefined keeps them. */
      readonly indexes: readonly IndexEntry[] | undefined
    }
  /** Inserts, unless a row with this id exists already: then it is left as it is. */
  | { readonly op: 'ensure'; readonly table: Table; readonly row: Row }
  /** A row that is gone already is no error. */
  | { readonly op: 'delete'; readonly table: Table; readonly id: Uuid }

/** A block of audit events as stored (FORMATS §5). Primary key (chain, firstSeq). Inserted, and nothing else. */
export interface AuditBlock {
  readonly chain: Uuid
  /** Number of its first event in the chain, from 1. */
  readonly firstSeq: number
  /** Events, 1–512. */
  readonly count: number
  /** Of its events, those that gave out a secret. */
  readonly secretReads: number
  /** The access epoch that its decisions rest on. */
  readonly epoch: number
  readonly firstTime: Milliseconds
  readonly lastTime: Milliseconds
  readonly filter: Buffer
  /** 32 bytes: what the chain commits to. */
  readonly contentHash: Buffer
  /** Sealed record: the lines of its events. */
  readonly sealed: Buffer
  /** HMAC over the chain's digest at this block, 32 bytes. */
  readonly mac: Buffer
}

/** Which block, when it was, and what its filter says of it: all that a search looks at before it opens any. */
export type AuditHead = Pick<
  AuditBlock,
  'chain' | 'firstSeq' | 'count' | 'firstTime' | 'lastTime' | 'filter'
>

/** Of a filter that a head carries: no engine writes one of more than 3,072 bytes, and what is longer is cut here. */
export const headFilterBytes = 3_073

/** A billing event or another message for the control database. */
export interface OutboxRow {
  readonly id: Uuid
  /** Type and time are copies of what is sealed. */
  readonly type: string
  readonly time: Milliseconds
  /** Sealed record. One that is longer than any of ours comes as an empty one. */
  readonly data: Buffer
}

/** The row of tenant_state as it is stored (FORMATS §6). What it says is sealed: the store cannot tell. */
export interface StoredState {
  /** Only says which version to open. */
  readonly accessEpoch: number
  readonly sealed: Buffer
}

/** What a new database holds, and what stands for a row that is missing or there twice: nothing opens it. */
export const noState: StoredState = { accessEpoch: 0, sealed: Buffer.alloc(0) }

export interface StateGuard {
  /** What the decision was based on. Another epoch or other bytes now: StoreError `epoch`. */
  readonly expected: StoredState
  /** Sealed for the epoch after it, which it takes the place of; null: the state stays as it is. */
  readonly raised: Buffer | null
}

export interface Commit {
  readonly changes: readonly Change[]
  /** At least one: a change and its event commit together. */
  readonly audit: readonly AuditBlock[]
  readonly outbox: readonly OutboxRow[]
  /** Null: whatever the state is. */
  readonly guard: StateGuard | null
}

export interface AppendResult extends StoredState {
  /** Present version of each live served entry; an id that is missing is gone or deleted. */
  readonly versions: ReadonlyMap<Uuid, number>
}

/** Commits that share a transaction. No two touch the same row or unique value (sharing.ts), none raises the epoch. */
export interface CommitGroup {
  readonly items: readonly Pick<Commit, 'changes' | 'outbox'>[]
  /** What those with a guard were decided on; null: none has one. */
  readonly expected: StoredState | null
  /** As of append: for events that are written along. */
  readonly served: readonly Uuid[]
  /** Makes the blocks, once it is known which items hold; those of the others must not be among them. */
  audit(held: readonly boolean[]): readonly AuditBlock[]
}

export interface GroupResult extends AppendResult {
  /** Of each item: null, it was kept; else as commit would have refused it alone, and nothing of it is kept. */
  readonly refusals: readonly ('conflict' | 'stale' | null)[]
}

/** A wrapped CEK and its identity (FORMATS §2), as stored. */
export interface WrappedKeyRow {
  readonly purpose: number
  readonly version: number
  readonly wrapped: Buffer
  /** 32 bytes. */
  readonly commit: Buffer
  readonly layers: number
  readonly createdTime: Milliseconds
  readonly retiredTime: Milliseconds | null
}

/** How many rows come before it, or the id that comes before it; null: the beginning. */
export type ListPlace = { readonly offset: number } | { readonly after: Uuid | null }

export type ListOptions = ListPlace & {
  /** Only rows in this state; null: all. */
  readonly state: RowState | null
  readonly limit: number
  /** Whether the second sealed column is wanted; lists of entries never ask for it. */
  readonly secret: boolean
}

export interface ChildrenOptions {
  readonly version?: number
  readonly before?: number
  readonly limit: number
  /** False: the second sealed column is not wanted and comes as null. */
  readonly secret?: boolean
}

export interface BeyondOptions {
  /** How many of the newest below each parent are passed over. */
  readonly keep: number
  /** Ids of one parent at most. */
  readonly limit: number
}

export interface IndexedOptions {
  /** Only rows with a greater id; null: from the beginning. */
  readonly after: Uuid | null
  readonly limit: number
}

/** In a chain: after event `seq`; 0: its beginning. */
export interface ChainPlace {
  readonly chain: Uuid
  readonly seq: number
}

/** Of an event among all of a log: by the time of its block, newest first. */
export interface AuditPosition {
  /** `lastTime` of its block. */
  readonly time: Milliseconds
  readonly chain: Uuid
  readonly seq: number
}

/**
 * - `conflict`: a unique index entry or id exists · `stale`: expectedVersion differs or the row is gone ·
 *   `epoch`: the state is not the expected one · `audit_conflict`: (chain, firstSeq) holds other bytes: another writer ·
 *   `unavailable`: the database cannot be reached, or ended the statement; nothing of it is kept,
 *   unless its COMMIT was lost and nobody could be asked for seconds what became of it.
 */
export type StoreErrorCode =
  'conflict' | 'stale' | 'epoch' | 'audit_conflict' | 'unavailable' | 'closed'

export class StoreError extends Error {
  constructor(
    readonly code: StoreErrorCode,
    options?: ErrorOptions,
  ) {
    super(code, options)
    this.name = 'StoreError'
  }
}

/** A row that was to be changed has another version by now. */
export const isStale = (error: unknown): boolean =>
  error instanceof StoreError && error.code === 'stale'

export interface Store {
  state(): Promise<StoredState>
  /** Rows with these ids, in any order and any state; unknown ids are left out. */
  read(table: Table, ids: readonly Uuid[]): Promise<Row[]>
  /** Rows that carry one of these values of one index. */
  find(table: Table, values: readonly IndexValue[]): Promise<Row[]>
  /** As find, for values that many rows share: ordered by id, in pages, `secret` null. */
  listIndexed(table: Table, values: readonly IndexValue[], options: IndexedOptions): Promise<Row[]>
  /** Rows below a parent, newest version first; `before`: only versions below it. */
  children(table: Table, parent: Uuid, options: ChildrenOptions): Promise<Row[]>
  /** Ids of rows below each of these parents, in the order of children, from where so many were passed over. */
  childrenBeyond(
    table: Table,
    parents: readonly Uuid[],
    options: BeyondOptions,
  ): Promise<ReadonlyMap<Uuid, readonly Uuid[]>>
  /** Ordered by id. `secret` is null unless asked for. */
  list(table: Table, options: ListOptions): Promise<Row[]>
  count(table: Table, state: RowState | null): Promise<number>
  /** Rows in this state below each parent that has any; with `parent`, below that one alone. */
  countByParent(
    table: Table,
    state: RowState,
    parent: Uuid | null,
  ): Promise<ReadonlyMap<Uuid, number>>
  /**
   * All or nothing, durable when it resolves. Answers the state as it is afterwards.
   * A lost connection at COMMIT is settled by looking for the audit blocks: the same bytes there mean it was committed.
   */
  commit(commit: Commit): Promise<StoredState>
  /**
   * One transaction, durable when it resolves; each item as a whole or not at all. Null: nothing is kept, each must be
   * committed alone, because the state is another one, a lock was not to be had at once, or an item would hold in part.
   * A lost connection is settled as of commit. Errors: `audit_conflict`, `unavailable`.
   */
  commitGroup(group: CommitGroup): Promise<GroupResult | null>
  /**
   * All or nothing, durable when it resolves, without an event: for what is no act of anybody (anchors, registrations
   * of chains, progress of operations, events taken in from an outbox). Errors as of commit.
   */
  put(changes: readonly Change[]): Promise<void>
  /** One statement: appends, and answers state and present entry versions. Repeating the same bytes is no error. */
  append(blocks: readonly AuditBlock[], served: readonly Uuid[]): Promise<AppendResult>
  /**
   * Blocks newest first, by (lastTime, chain, firstSeq): those that may hold events strictly older than `before`. Where
   * somebody planted one that begins before 1, it is left out: it has no place.
   */
  auditPage(before: AuditPosition | null, limit: number): Promise<AuditBlock[]>
  /** Blocks oldest first, by (lastTime, chain, firstSeq): those that begin behind `after`. */
  auditForward(after: AuditPosition | null, limit: number): Promise<AuditBlock[]>
  /** The heads of the blocks that auditPage answers, in the same order; for thousands at once. */
  auditHeads(before: AuditPosition | null, limit: number): Promise<AuditHead[]>
  /** The blocks of these heads, in any order; those that are gone are left out. */
  auditBlocks(places: readonly Pick<AuditHead, 'chain' | 'firstSeq'>[]): Promise<AuditBlock[]>
  /** Blocks of one chain in order, from the one that holds event `fromSeq` on. */
  auditChain(chain: Uuid, fromSeq: number, limit: number): Promise<AuditBlock[]>
  /** The highest epoch of the blocks that begin after these places; null: there are none. */
  auditEpoch(after: readonly ChainPlace[]): Promise<number | null>
  /** Chains that have a block. */
  auditChains(): Promise<Uuid[]>
  keys(): Promise<WrappedKeyRow[]>
  /** Inserts; (purpose, version) that exist already are left as they are. */
  putKeys(rows: readonly WrappedKeyRow[]): Promise<void>
  /** Ordered by id; `after`: only those with a greater one. */
  outboxPending(limit: number, after?: Uuid | null): Promise<OutboxRow[]>
  outboxDone(ids: readonly Uuid[]): Promise<void>
  close(): Promise<void>
}
