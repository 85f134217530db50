// The two ways in which anything changes, always with its audit events in one transaction. A signed-in operation's
// commit holds the epoch that it was decided on: whoever decided on something overtaken decides again.
import { ApiError } from '../../errors.js'
import type { AuditEvent } from '../audit/event.js'
import type { TenantContext } from '../context/context.js'
import { Redo } from './redo.js'
import {
  type Change,
  type Commit,
  type OutboxRow,
  StoreError,
  type TenantState,
} from '../store/store.js'

/** The attempt that a change was decided in. */
export interface Attempt {
  readonly context: TenantContext
  readonly epoch: number
  readonly holdsMutex: boolean
}

export interface Decided {
  readonly changes: readonly Change[]
  readonly event: AuditEvent
  readonly outbox?: readonly OutboxRow[]
  /** For changes of users, roles, permissions, grants and status. */
  readonly raiseEpoch?: boolean
  /** What a row that has changed meanwhile means: asked with If-Match it is 412, else the decision is made again. */
  readonly ifStale?: ApiError
}

/** Errors: Redo, `name_taken`, and `ifStale`. */
export const commitDecided = async (
  { context, epoch, holdsMutex }: Attempt,
  { changes, event, outbox = [], raiseEpoch = false, ifStale }: Decided,
): Promise<void> => {
  const commit = { changes, outbox, raiseEpoch, expectedEpoch: epoch }
  const write = () => committed(context, commit, [event])
  try {
    await (raiseEpoch && !holdsMutex ? context.mutex.run(write) : write())
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (error.code === 'conflict') throw new ApiError('name_taken')
    if (error.code === 'stale') throw ifStale ?? new Redo()
    if (error.code !== 'epoch') throw error
    context.access.observe(await context.store.state())
    throw new Redo()
  } finally {
    for (const change of changes)
      if (change.table === 'vault_entry') context.forgetEntry(idOf(change))
  }
}

export interface Guarded {
  readonly changes: readonly Change[]
  readonly events: readonly AuditEvent[]
  readonly outbox?: readonly OutboxRow[]
  readonly raiseEpoch?: boolean
}

/**
 * Where no cached decision stands behind the changes, as at sign-in or in the engine's own work: the versions of the
 * changed rows guard them. Answers the tenant's state after it. Errors: StoreError `stale` and `conflict`.
 */
export const commitByVersion = (
  context: Committing,
  { changes, events, outbox = [], raiseEpoch = false }: Guarded,
): Promise<TenantState> =>
  committed(context, { changes, outbox, raiseEpoch, expectedEpoch: null }, events)

type Committing = Pick<TenantContext, 'audit' | 'access' | 'outboxWaits'>

const committed = async (
  context: Committing,
  commit: Omit<Commit, 'audit'>,
  events: readonly AuditEvent[],
): Promise<TenantState> => {
  const state = await context.audit.commit(commit, events)
  context.access.observe(state)
  if (commit.outbox.length > 0) context.outboxWaits = true
  return state
}

const idOf = (change: Change): string => (change.op === 'delete' ? change.id : change.row.id)
