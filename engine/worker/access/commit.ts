// The two ways in which anything changes, always with its audit events in one transaction. A signed-in operation's
// commit holds the epoch that it was decided on: whoever decided on something overtaken decides again.
import { ApiError } from '../../errors.js'
import type { AuditEvent } from '../audit/event.js'
import type { AuditedCommit } from '../audit/gather.js'
import type { TenantContext } from '../context/context.js'
import type { StateChange } from '../context/present-state.js'
import { Redo } from './redo.js'
import { type Change, type OutboxRow, StoreError } from '../store/store.js'

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
  const { present } = context.access
  if (present.state.accessEpoch !== epoch) throw new Redo()
  const guard = raiseEpoch ? present.raise() : present.guard()
  const write = () => committed(context, { changes, outbox, guard: () => guard }, [event])
  try {
    await (raiseEpoch && !holdsMutex ? context.mutex.run(write) : write())
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (error.code === 'conflict') throw new ApiError('name_taken')
    if (error.code === 'stale') throw ifStale ?? new Redo()
    if (error.code !== 'epoch') throw error
    await context.access.observed(() => context.store.state())
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
  /** Another status or token generation of the whole tenant; raises the epoch. */
  readonly state?: StateChange
}

/** Raisers of other threads and nodes that one of ours may be overtaken by. */
const attempts = 8

/**
 * Where no cached decision stands behind the changes, as at sign-in or in the engine's own work: the versions of the
 * changed rows guard them, and a raised epoch follows on whichever is the present one. Errors: StoreError `stale` and
 * `conflict`; `overloaded` for who was overtaken again and again.
 */
export const commitByVersion = async (context: Committing, guarded: Guarded): Promise<void> => {
  const { changes, events, outbox = [], raiseEpoch = false, state } = guarded
  const raises = raiseEpoch || state !== undefined
  const guard = () => (raises ? context.access.present.raise(state) : null)
  for (let left = attempts; left > 0; left--)
    try {
      return await committed(context, { changes, outbox, guard }, events)
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'epoch') throw error
      await context.access.observed(() => context.store.state())
    }
  throw new ApiError('overloaded')
}

type Committing = Pick<TenantContext, 'audit' | 'access' | 'outboxWaits' | 'store'>

const committed = async (
  context: Committing,
  commit: AuditedCommit,
  events: readonly AuditEvent[],
): Promise<void> => {
  await context.audit.commit(commit, events)
  if (commit.outbox.length > 0) context.outboxWaits = true
}

const idOf = (change: Change): string => (change.op === 'delete' ? change.id : change.row.id)
