// Changes and their events in one transaction. The events go first: their key, (chain, seq), is what a lost COMMIT is
// recognised by, and a second attempt waits there for the end of the first one, should the server still be at it.
import { type Commit, StoreError, type TenantState } from '../store.js'
import { auditParameters, insertAudit, presenceOf } from './audit-rows.js'
import { stepsOf } from './changes.js'
import { DatabaseFault, failure } from './faults.js'
import { outboxSteps } from './outbox.js'
import type { Session } from './session.js'
import { readState, toState } from './state.js'
import { inTransaction, type Step, transact } from './transaction.js'

const withAudit = `with added as (${insertAudit(inTransaction)})`

// FOR SHARE: a commit that raises the epoch waits for those that were decided on it, and they for it. Whoever has waited
// looks at the row again.
const openings = {
  plain: `${withAudit} select status, access_epoch from tenant_state`,
  expecting: `${withAudit}
    select max(status), max(access_epoch), 1 / count(*)::integer from (
      select status, access_epoch from tenant_state where access_epoch = $14::bigint for share
    ) as state`,
  raising: `${withAudit}, raised as (
      update tenant_state set access_epoch = access_epoch + 1
      where ($14::bigint is null or access_epoch = $14::bigint) and ${inTransaction}
      returning status, access_epoch
    ) select max(status), max(access_epoch), 1 / count(*)::integer from raised`,
}

const opening = ({ audit, raiseEpoch, expectedEpoch }: Commit): Step => {
  const parameters = auditParameters(audit)
  if (raiseEpoch)
    return { text: openings.raising, parameters: [...parameters, expectedEpoch], unless: 'epoch' }
  if (expectedEpoch === null) return { text: openings.plain, parameters, unless: 'epoch' }
  return { text: openings.expecting, parameters: [...parameters, expectedEpoch], unless: 'epoch' }
}

/** A commit, ready to be sent, as often as it takes. */
export interface PreparedCommit {
  readonly audit: Commit['audit']
  readonly steps: readonly Step[]
}

/** Throws a RangeError for what is no table, id or number, or has no event. */
export const prepareCommit = (commit: Commit): PreparedCommit => {
  if (commit.audit.length === 0) throw new RangeError('a commit has an event')
  const steps = [opening(commit), ...stepsOf(commit.changes), ...outboxSteps(commit.outbox)]
  return { audit: commit.audit, steps }
}

const isAuditKey = ({ cause }: StoreError): boolean =>
  cause instanceof DatabaseFault && cause.constraint === 'audit_event_pkey'

/** The state if the commit was made already, else undefined. Throws `audit_conflict` if it can no longer be made. */
const settled = async (
  session: Session,
  { audit }: PreparedCommit,
): Promise<TenantState | undefined> => {
  const { missing, isForeign } = await presenceOf(session, audit)
  if (missing.length === 0 && !isForeign) return readState(session)
  if (missing.length < audit.length) throw failure('audit_conflict')
  return undefined
}

/** Throws a StoreError or a DatabaseFault. */
export const commitOn = async (session: Session, commit: PreparedCommit): Promise<TenantState> => {
  try {
    const [answer] = await transact(session, commit.steps)
    return toState(answer?.[0])
  } catch (error) {
    if (!(error instanceof StoreError) || !isAuditKey(error)) throw error
    const state = await settled(session, commit)
    if (state === undefined) throw failure('audit_conflict', error.cause)
    return state
  }
}

/** After a lost connection: nobody knows whether it was committed. */
export const recommitOn = async (
  session: Session,
  commit: PreparedCommit,
): Promise<TenantState> => {
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
