// Changes and their events in one transaction. The events go first: their key, (chain, first_seq), is what a lost COMMIT is
// recognised by, and a second attempt waits there for the end of the first one, should the server still be at it.
import { type Commit, type StateGuard, StoreError, type StoredState } from '../store.js'
import { allAdded, blockParameters, insertBlocks, presenceOf } from './audit-blocks.js'
import { stepsOf } from './changes.js'
import { DatabaseFault, failure } from './faults.js'
import { outboxSteps } from './outbox.js'
import type { Session } from './session.js'
import { readState, stateColumns, stateParameters, toState } from './state.js'
import { inTransaction, type Step, transact } from './transaction.js'

const withAudit = `with added as (${insertBlocks(inTransaction)})`

const isExpected = `access_epoch = $12::bigint and sealed = decode($13::text, 'hex')`
// A second row is somebody's that they would have read instead.
const isAlone = '1 / (count(*) = 1 and (select count(*) from tenant_state) = 1)::integer'

// FOR SHARE: a commit that raises the epoch waits for those that were decided on it, and they for it. Whoever has waited
// looks at the row again. The next epoch is a parameter, never computed here: its bytes are sealed for it and no other.
const openings = {
  plain: `${withAudit} select ${stateColumns}, ${allAdded} from tenant_state`,
  guarded: `${withAudit}
    select ${isAlone}, ${allAdded} from (select 1 from tenant_state where ${isExpected} for share) as held`,
  raising: `${withAudit}, raised as (
      update tenant_state set access_epoch = $14::bigint, sealed = decode($15::text, 'hex')
      where ${isExpected} and ${inTransaction} returning 1
    ) select ${isAlone}, ${allAdded} from raised`,
}

const opening = ({ audit, guard }: Commit): Step => {
  const parameters = blockParameters(audit)
  if (guard === null) return { text: openings.plain, parameters, unless: 'epoch' }
  parameters.push(...stateParameters(guard.expected))
  if (guard.raised === null) return { text: openings.guarded, parameters, unless: 'epoch' }
  parameters.push(...stateParameters(stateAfter(guard)))
  return { text: openings.raising, parameters, unless: 'epoch' }
}

const stateAfter = ({ expected, raised }: StateGuard): StoredState =>
  raised === null ? expected : { accessEpoch: expected.accessEpoch + 1, sealed: raised }

/** A commit, ready to be sent, as often as it takes. */
export interface PreparedCommit {
  readonly audit: Commit['audit']
  readonly steps: readonly Step[]
  /** The state once it is done; null: as the first step reads it. */
  readonly after: StoredState | null
}

/** Throws a RangeError for what is no table, id or number, or has no event. */
export const prepareCommit = (commit: Commit): PreparedCommit => {
  if (commit.audit.length === 0) throw new RangeError('a commit has an event')
  const steps = [opening(commit), ...stepsOf(commit.changes), ...outboxSteps(commit.outbox)]
  return { audit: commit.audit, steps, after: commit.guard && stateAfter(commit.guard) }
}

/** An error that says that a block is there already, under the key of one of ours. */
export const isAuditKey = (error: unknown): boolean => {
  const fault = error instanceof StoreError ? error.cause : error
  return fault instanceof DatabaseFault && fault.constraint === 'audit_block_pkey'
}

/** The state if the commit was made already, else undefined. Throws `audit_conflict` if it can no longer be made. */
const settled = async (
  session: Session,
  { audit }: PreparedCommit,
): Promise<StoredState | undefined> => {
  const { missing, isForeign } = await presenceOf(session, audit)
  if (missing.length === 0 && !isForeign) return readState(session)
  if (missing.length < audit.length) throw failure('audit_conflict')
  return undefined
}

/** Throws a StoreError or a DatabaseFault. */
export const commitOn = async (session: Session, commit: PreparedCommit): Promise<StoredState> => {
  try {
    const [answer] = await transact(session, commit.steps)
    return commit.after ?? toState(answer ?? [])
  } catch (error) {
    // A state that has moved on is told before events that are there already: it may have been this commit's own doing.
    if (!(error instanceof StoreError) || !(isAuditKey(error) || error.code === 'epoch'))
      throw error
    const state = await settled(session, commit)
    if (state !== undefined) return state
    throw isAuditKey(error) ? failure('audit_conflict', error.cause) : error
  }
}

/** After a lost connection: nobody knows whether it was committed. */
export const recommitOn = async (
  session: Session,
  commit: PreparedCommit,
): Promise<StoredState> => {
  const state = await settled(session, commit)
  if (state !== undefined) return state
  try {
    return await commitOn(session, commit)
  } catch (error) {
    // The first attempt may have ended between the look and this one, and made it stale.
    if (!(error instanceof StoreError)) throw error
    const late = await settled(session, commit)
    if (late === undefined) throw error
    return late
  }
}
