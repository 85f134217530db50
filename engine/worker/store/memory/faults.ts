// What a test does to a store: calls that fail before or after their effect, rows that somebody altered behind the
// engine's back. No code of the engine itself may use it.
import type { Uuid } from '../../../ids.js'
import type { AuditBlock, Row, Store, StoreErrorCode, StoredState, Table } from '../store.js'

export type StoreMethod = Exclude<keyof Store, 'close'>

export interface PlannedFailure {
  readonly method: StoreMethod
  readonly code: StoreErrorCode
  /** The effect is kept all the same, as when the answer to a COMMIT is lost. */
  readonly isKept: boolean
}

export interface StoreFaults {
  /** The next call of the method fails; planned ones are used up in order. */
  failNext(method: StoreMethod, code?: StoreErrorCode, isKept?: boolean): void
  /** All calls fail with `unavailable` until told otherwise. */
  setUnreachable(isUnreachable: boolean): void
  /** Runs before the next call of the method has any effect: another writer's chance. */
  beforeNext(method: StoreMethod, work: () => Promise<void> | void): void
  /** Replaces or, with null, removes a stored row, as a database administrator would. Throws when it is not there. */
  tamper(table: Table, id: Uuid, change: (row: Row) => Row | null): void
  tamperAudit(chain: Uuid, seq: number, change: (row: AuditBlock) => AuditBlock | null): void
  /** Another node's state, or one that a database administrator has put there. */
  setState(state: StoredState): void
  /** How often each method was called. */
  readonly calls: ReadonlyMap<StoreMethod, number>
}
