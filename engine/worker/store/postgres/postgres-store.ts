// The store on PostgreSQL: which work goes on which connection. Appends and changes have one lane, in the order of the
// calls, because a chain's events must not overtake each other; reads have another, made only when the first is busy.
import type { Milliseconds } from '../../../clock.js'
import type { Uuid } from '../../../ids.js'
import type {
  AppendResult,
  AuditBlock,
  AuditHead,
  AuditPosition,
  ChainPlace,
  Change,
  BeyondOptions,
  ChildrenOptions,
  Commit,
  CommitGroup,
  GroupResult,
  IndexValue,
  IndexedOptions,
  ListOptions,
  OutboxRow,
  Row,
  RowState,
  Store,
  StoredState,
  Table,
  WrappedKeyRow,
} from '../store.js'
import { appendOn } from './append.js'
import {
  newerThan,
  ofChain,
  olderThan,
  readBlocks,
  readChains,
  readEpochAfter,
  withKeys,
} from './audit-blocks.js'
import { headsOlderThan, readHeads } from './audit-heads.js'
import type { ConnectionBudget } from './budget.js'
import { commitOn, prepareCommit, recommitOn } from './commit.js'
import { PreparedGroup } from './group.js'
import { Lane, type Work } from './lane.js'
import { outboxDelivered, readOutbox } from './outbox.js'
import { preparePut, putAgainOn, putOn } from './put.js'
import {
  byIds,
  byIndex,
  byIndexInPages,
  byParent,
  countRows,
  countRowsByParent,
  inPages,
  readBeyond,
  readRows,
} from './row-reads.js'
import type { Statement } from './session.js'
import { readState } from './state.js'
import { defaultLimits, type DatabaseTarget, type SessionLimits } from './target.js'
import { insertKeys, readKeys } from './wrapped-keys.js'

export interface PostgresStoreOptions {
  readonly target: DatabaseTarget
  /** Shared by all stores of a worker. */
  readonly budget: ConnectionBudget
  /** Shown as `rppam/<node>` in pg_stat_activity. */
  readonly node: string
  /** For benches only (FORMATS §5). */
  readonly allowUnsafeFsync: boolean
  readonly limits?: Partial<SessionLimits>
}

class PostgresStore implements Store {
  readonly #writes: Lane
  readonly #reads: Lane
  readonly #settleMs: Milliseconds

  constructor({ target, budget, node, allowUnsafeFsync, limits }: PostgresStoreOptions) {
    const options = { target, node, allowUnsafeFsync, limits: { ...defaultLimits, ...limits } }
    this.#writes = new Lane(options, budget)
    this.#reads = new Lane(options, budget)
    this.#settleMs = options.limits.settleMs
  }

  state(): Promise<StoredState> {
    return this.#quick(readState)
  }

  async read(table: Table, ids: readonly Uuid[]): Promise<Row[]> {
    return ids.length === 0 ? [] : this.#quickRows(byIds(table, ids))
  }

  async find(table: Table, values: readonly IndexValue[]): Promise<Row[]> {
    return values.length === 0 ? [] : this.#quickRows(byIndex(table, values))
  }

  async listIndexed(
    table: Table,
    values: readonly IndexValue[],
    options: IndexedOptions,
  ): Promise<Row[]> {
    if (values.length === 0) return []
    const statement = byIndexInPages(table, values, options)
    return this.#slow((session) => readRows(session, statement))
  }

  async children(table: Table, parent: Uuid, options: ChildrenOptions): Promise<Row[]> {
    return this.#quickRows(byParent(table, parent, options))
  }

  async childrenBeyond(
    table: Table,
    parents: readonly Uuid[],
    options: BeyondOptions,
  ): Promise<ReadonlyMap<Uuid, readonly Uuid[]>> {
    return this.#quick((session) => readBeyond(session, table, parents, options))
  }

  async list(table: Table, options: ListOptions): Promise<Row[]> {
    const statement = inPages(table, options)
    return this.#slow((session) => readRows(session, statement))
  }

  async count(table: Table, state: RowState | null): Promise<number> {
    return this.#slow((session) => countRows(session, table, state))
  }

  async countByParent(
    table: Table,
    state: RowState,
    parent: Uuid | null,
  ): Promise<ReadonlyMap<Uuid, number>> {
    return this.#slow((session) => countRowsByParent(session, table, state, parent))
  }

  async commit(commit: Commit): Promise<StoredState> {
    const prepared = prepareCommit(commit)
    return this.#change(
      (session) => commitOn(session, prepared),
      (session) => recommitOn(session, prepared),
    )
  }

  async commitGroup(group: CommitGroup): Promise<GroupResult | null> {
    const prepared = new PreparedGroup(group)
    return this.#change(
      (session) => prepared.run(session),
      (session) => prepared.again(session),
    )
  }

  async put(changes: readonly Change[]): Promise<void> {
    const prepared = preparePut(changes)
    return this.#change(
      (session) => putOn(session, prepared),
      (session) => putAgainOn(session, prepared),
    )
  }

  async append(blocks: readonly AuditBlock[], served: readonly Uuid[]): Promise<AppendResult> {
    return this.#again(this.#writes, (session) => appendOn(session, blocks, served))
  }

  async auditPage(before: AuditPosition | null, limit: number): Promise<AuditBlock[]> {
    return this.#slow((session) => readBlocks(session, olderThan(before, limit)))
  }

  async auditForward(after: AuditPosition | null, limit: number): Promise<AuditBlock[]> {
    return this.#slow((session) => readBlocks(session, newerThan(after, limit)))
  }

  async auditHeads(before: AuditPosition | null, limit: number): Promise<AuditHead[]> {
    return this.#slow((session) => readHeads(session, headsOlderThan(before, limit)))
  }

  async auditBlocks(
    places: readonly Pick<AuditHead, 'chain' | 'firstSeq'>[],
  ): Promise<AuditBlock[]> {
    return this.#slow((session) => readBlocks(session, withKeys(places)))
  }

  async auditChain(chain: Uuid, fromSeq: number, limit: number): Promise<AuditBlock[]> {
    return this.#slow((session) => readBlocks(session, ofChain(chain, fromSeq, limit)))
  }

  async auditEpoch(after: readonly ChainPlace[]): Promise<number | null> {
    return this.#quick((session) => readEpochAfter(session, after))
  }

  auditChains(): Promise<Uuid[]> {
    return this.#slow(readChains)
  }

  keys(): Promise<WrappedKeyRow[]> {
    return this.#quick(readKeys)
  }

  async putKeys(rows: readonly WrappedKeyRow[]): Promise<void> {
    const statement = insertKeys(rows)
    await this.#again(this.#writes, (session) => session.query(statement))
  }

  outboxPending(limit: number, after: Uuid | null = null): Promise<OutboxRow[]> {
    return this.#quick((session) => readOutbox(session, limit, after))
  }

  async outboxDone(ids: readonly Uuid[]): Promise<void> {
    const statement = outboxDelivered(ids)
    await this.#again(this.#writes, (session) => session.query(statement))
  }

  async close(): Promise<void> {
    await Promise.all([this.#writes.close(), this.#reads.close()])
  }

  /** `again`: looks first what became of it. */
  #change<T>(work: Work<T>, again: Work<T>): Promise<T> {
    return this.#writes.run(work, again, this.#settleMs)
  }

  /** A read, or a statement that may safely be said twice. */
  #again<T>(lane: Lane, work: Work<T>): Promise<T> {
    return lane.run(work, work)
  }

  /** By id or index: a quiet tenant does it all on one connection. */
  #quick<T>(work: Work<T>): Promise<T> {
    const isFree = !this.#reads.isConnected && this.#writes.isReady
    return this.#again(isFree ? this.#writes : this.#reads, work)
  }

  #quickRows(statement: Statement): Promise<Row[]> {
    return this.#quick((session) => readRows(session, statement))
  }

  /** What may take long never stands before an append. */
  #slow<T>(work: Work<T>): Promise<T> {
    return this.#again(this.#reads, work)
  }
}

/** Connects when it is first used. */
export const createPostgresStore = (options: PostgresStoreOptions): Store =>
  new PostgresStore(options)
