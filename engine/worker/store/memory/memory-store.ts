// A store that forgets: for tests of everything above the database, never for an engine, and the reference that the
// conformance suite is read against. It must promise neither more nor less than store.ts.
import type { Uuid } from '../../../ids.js'
import {
  type AppendResult,
  type AuditBlock,
  type AuditHead,
  type AuditPosition,
  type ChainPlace,
  type Change,
  type BeyondOptions,
  type ChildrenOptions,
  type Commit,
  type CommitGroup,
  type GroupResult,
  type IndexValue,
  type IndexedOptions,
  type ListOptions,
  type OutboxRow,
  type Row,
  type RowState,
  rowState,
  type Store,
  StoreError,
  type StoreErrorCode,
  type StoredState,
  type Table,
  type WrappedKeyRow,
} from '../store.js'
import { isSameBlock } from '../same-block.js'
import type { PlannedFailure, StoreFaults, StoreMethod } from './faults.js'
import * as reads from './memory-reads.js'
import { withGroup } from './memory-group.js'
import {
  auditKey,
  copyOf,
  emptyData,
  type MemoryData,
  withAudit,
  withChanges,
  withOutbox,
  withState,
} from './memory-rows.js'

export interface MemoryStore extends Store, StoreFaults {}

class Memory implements MemoryStore {
  #data: MemoryData = emptyData
  #isClosed = false
  #isUnreachable = false
  readonly #failures: PlannedFailure[] = []
  readonly #before = new Map<StoreMethod, () => Promise<void> | void>()
  readonly calls = new Map<StoreMethod, number>()

  state(): Promise<StoredState> {
    return this.#read('state', ({ state }) => copyOf(state))
  }

  read(table: Table, ids: readonly Uuid[]): Promise<Row[]> {
    return this.#read('read', (data) => reads.readRows(data, table, ids))
  }

  find(table: Table, values: readonly IndexValue[]): Promise<Row[]> {
    return this.#read('find', (data) => reads.findRows(data, table, values))
  }

  listIndexed(
    table: Table,
    values: readonly IndexValue[],
    options: IndexedOptions,
  ): Promise<Row[]> {
    return this.#read('listIndexed', (data) => reads.indexedRows(data, table, values, options))
  }

  children(table: Table, parent: Uuid, options: ChildrenOptions): Promise<Row[]> {
    return this.#read('children', (data) => reads.childRows(data, table, parent, options))
  }

  childrenBeyond(
    table: Table,
    parents: readonly Uuid[],
    options: BeyondOptions,
  ): Promise<ReadonlyMap<Uuid, readonly Uuid[]>> {
    return this.#read('childrenBeyond', (data) =>
      reads.childrenBeyond(data, table, parents, options),
    )
  }

  list(table: Table, options: ListOptions): Promise<Row[]> {
    return this.#read('list', (data) => reads.listRows(data, table, options))
  }

  count(table: Table, state: RowState | null): Promise<number> {
    return this.#read('count', (data) => reads.countRows(data, table, state))
  }

  countByParent(
    table: Table,
    state: RowState,
    parent: Uuid | null,
  ): Promise<ReadonlyMap<Uuid, number>> {
    return this.#read('countByParent', (data) => reads.countByParent(data, table, state, parent))
  }

  async commit(commit: Commit): Promise<StoredState> {
    if (commit.audit.length === 0) throw new RangeError('a commit has an event')
    await this.#write('commit', (data) => this.#committed(data, commit))
    return copyOf(this.#data.state)
  }

  async commitGroup(group: CommitGroup): Promise<GroupResult | null> {
    let refusals: GroupResult['refusals'] | null = null
    await this.#write('commitGroup', (data) => {
      const grouped = withGroup(data, group)
      refusals = grouped?.refusals ?? null
      return grouped?.data ?? data
    })
    return refusals && { ...this.#appended(group.served), refusals }
  }

  put(changes: readonly Change[]): Promise<void> {
    return this.#write('put', (data) => withChanges(data, changes))
  }

  async append(blocks: readonly AuditBlock[], served: readonly Uuid[]): Promise<AppendResult> {
    await this.#write('append', (data) => withAudit(data, blocks))
    return this.#appended(served)
  }

  #appended(served: readonly Uuid[]): AppendResult {
    const live = reads
      .readRows(this.#data, 'vault_entry', served)
      .filter(({ state }) => state === rowState.live)
    return {
      ...copyOf(this.#data.state),
      versions: new Map(live.map(({ id, version }) => [id, version])),
    }
  }

  auditPage(before: AuditPosition | null, limit: number): Promise<AuditBlock[]> {
    return this.#read('auditPage', (data) => reads.auditPage(data, before, limit))
  }

  auditForward(after: AuditPosition | null, limit: number): Promise<AuditBlock[]> {
    return this.#read('auditForward', (data) => reads.auditForward(data, after, limit))
  }

  auditHeads(before: AuditPosition | null, limit: number): Promise<AuditHead[]> {
    return this.#read('auditHeads', (data) => reads.auditHeads(data, before, limit))
  }

  auditBlocks(places: readonly Pick<AuditHead, 'chain' | 'firstSeq'>[]): Promise<AuditBlock[]> {
    return this.#read('auditBlocks', (data) => reads.auditBlocks(data, places))
  }

  auditChain(chain: Uuid, fromSeq: number, limit: number): Promise<AuditBlock[]> {
    return this.#read('auditChain', (data) => reads.auditChain(data, chain, fromSeq, limit))
  }

  auditEpoch(after: readonly ChainPlace[]): Promise<number | null> {
    return this.#read('auditEpoch', (data) => reads.auditEpoch(data, after))
  }

  auditChains(): Promise<Uuid[]> {
    return this.#read('auditChains', reads.auditChains)
  }

  keys(): Promise<WrappedKeyRow[]> {
    return this.#read('keys', ({ keys }) => keys.map(copyOf))
  }

  putKeys(rows: readonly WrappedKeyRow[]): Promise<void> {
    const isSame = (a: WrappedKeyRow, b: WrappedKeyRow): boolean =>
      a.purpose === b.purpose && a.version === b.version
    return this.#write('putKeys', (data) => {
      const added = rows.filter((row) => !data.keys.some((key) => isSame(key, row)))
      return { ...data, keys: [...data.keys, ...added.map(copyOf)] }
    })
  }

  outboxPending(limit: number, after: Uuid | null = null): Promise<OutboxRow[]> {
    return this.#read('outboxPending', ({ outbox }) =>
      outbox
        .filter(({ id }) => after === null || id > after)
        .sort((a, b) => reads.compareText(a.id, b.id))
        .slice(0, limit)
        .map(copyOf),
    )
  }

  outboxDone(ids: readonly Uuid[]): Promise<void> {
    return this.#write('outboxDone', (data) => ({
      ...data,
      outbox: data.outbox.filter(({ id }) => !ids.includes(id)),
    }))
  }

  close(): Promise<void> {
    this.#isClosed = true
    return Promise.resolve()
  }

  failNext(method: StoreMethod, code: StoreErrorCode = 'unavailable', isKept = false): void {
    this.#failures.push({ method, code, isKept })
  }

  setUnreachable(isUnreachable: boolean): void {
    this.#isUnreachable = isUnreachable
  }

  beforeNext(method: StoreMethod, work: () => Promise<void> | void): void {
    this.#before.set(method, work)
  }

  tamper(table: Table, id: Uuid, change: (row: Row) => Row | null): void {
    const rows = new Map(this.#data.tables.get(table))
    const stored = rows.get(id)
    if (!stored) throw new RangeError(`no row ${id} in ${table}`)
    const row = change(copyOf(stored.row))
    if (row === null) rows.delete(id)
    else rows.set(id, { ...stored, row: copyOf(row) })
    this.#data = { ...this.#data, tables: new Map(this.#data.tables).set(table, rows) }
  }

  tamperAudit(
    chain: Uuid,
    firstSeq: number,
    change: (block: AuditBlock) => AuditBlock | null,
  ): void {
    const audit = new Map(this.#data.audit)
    const stored = audit.get(auditKey({ chain, firstSeq }))
    if (!stored) throw new RangeError(`no block ${firstSeq} in ${chain}`)
    audit.delete(auditKey(stored))
    const block = change(copyOf(stored))
    if (block !== null) audit.set(auditKey(block), copyOf(block))
    this.#data = { ...this.#data, audit }
  }

  setState(state: StoredState): void {
    this.#data = { ...this.#data, state: copyOf(state) }
  }

  #committed(data: MemoryData, commit: Commit): MemoryData {
    const present = commit.audit.map((row) => data.audit.get(auditKey(row)))
    // The same bytes there mean that it was committed; its answer was lost.
    if (present.every((row, i) => row && isSameBlock(row, commit.audit[i]!))) return data
    if (present.some((row) => row)) throw new StoreError('audit_conflict')
    const guarded = commit.guard ? withState(data, commit.guard) : data
    return withChanges(withOutbox(withAudit(guarded, commit.audit), commit.outbox), commit.changes)
  }

  async #read<T>(method: StoreMethod, answer: (data: MemoryData) => T): Promise<T> {
    const failure = await this.#enter(method)
    if (failure) throw new StoreError(failure.code)
    return answer(this.#data)
  }

  async #write(method: StoreMethod, change: (data: MemoryData) => MemoryData): Promise<void> {
    const failure = await this.#enter(method)
    if (failure?.isKept === false) throw new StoreError(failure.code)
    this.#data = change(this.#data)
    if (failure) throw new StoreError(failure.code)
  }

  /** Answers the failure that was planned for this call. */
  async #enter(method: StoreMethod): Promise<PlannedFailure | undefined> {
    this.calls.set(method, (this.calls.get(method) ?? 0) + 1)
    if (this.#isClosed) throw new StoreError('closed')
    const work = this.#before.get(method)
    this.#before.delete(method)
    await work?.()
    if (this.#isUnreachable) throw new StoreError('unavailable')
    const planned = this.#failures.findIndex((failure) => failure.method === method)
    return planned < 0 ? undefined : this.#failures.splice(planned, 1)[0]
  }
}

/** With a new installation's state: active, epoch 1, and nothing else. */
export const createMemoryStore = (): MemoryStore => new Memory()
