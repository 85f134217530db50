// A transaction in one round trip: BEGIN, statements and COMMIT leave together. After a statement that fails the server
// refuses the others and rolls back at COMMIT. That holds only inside the transaction: should BEGIN itself fail (an
// administrator cancels it), or the client send a statement again by itself, it would run alone and be kept. So every
// statement that writes carries `inTransaction`, which is false outside.
import type { StoreErrorCode } from '../store.js'
import {
  conditionFailed,
  failure,
  faultOf,
  isContention,
  uniqueViolation,
  type DatabaseFault,
} from './faults.js'
import type { Cell, Session, Statement } from './session.js'

/** A condition for statements. DEFERRABLE means nothing in a transaction that may write: it is a mark of ours. */
export const inTransaction = `current_setting('transaction_deferrable') = 'on'`
const begin = 'begin isolation level read committed read write deferrable'

/**
 * For a transaction of several trips that others wait behind: it had better give up than wait for a lock, and what its
 * client has lost touch with holds its own locks no longer than this.
 */
export const beginHasty = `${begin}; set local lock_timeout = '250ms';
  set local idle_in_transaction_session_timeout = '5s'`

export interface Trip {
  /** Scripts before and after the statements, if any. */
  readonly before?: string
  readonly statements: readonly Statement[]
  readonly after?: string
}

/** A part of a transaction: all of it leaves together. Throws the DatabaseFault of what failed first. */
export const inOneTrip = async (
  session: Session,
  { before, statements, after }: Trip,
): Promise<Cell[][][]> => {
  const begun = before === undefined ? null : session.script(before)
  const answers = statements.map((statement) => session.query(statement))
  const ended = after === undefined ? null : session.script(after)
  const settled = await Promise.allSettled([begun, ...answers, ended])
  const failed = settled.find(({ status }) => status === 'rejected')
  if (failed) throw faultOf((failed as PromiseRejectedResult).reason)
  return Promise.all(answers)
}

export interface Step extends Statement {
  /** What it means when its condition does not hold (it divides by zero). */
  readonly unless: StoreErrorCode
}

/** Only for the code that maps it to a StoreError. */
class StepFailed extends Error {
  constructor(
    readonly fault: DatabaseFault,
    readonly unless: StoreErrorCode,
  ) {
    super('a step failed')
  }
}

const attempt = async (session: Session, steps: readonly Step[]): Promise<Cell[][][]> => {
  const begun = session.script(begin)
  const answers = steps.map((step) => session.query(step))
  const ended = session.script('commit')
  const settled = await Promise.allSettled([begun, ...answers, ended])
  const failed = settled.findIndex(({ status }) => status === 'rejected')
  if (failed < 0) return Promise.all(answers)
  const { reason } = settled[failed] as PromiseRejectedResult
  throw new StepFailed(faultOf(reason), steps[failed - 1]?.unless ?? 'unavailable')
}

// A deadlock victim waits for whom it met; a third meeting is a sign of something else.
const attempts = 4

/** Answers of the steps. Throws a StoreError (with its DatabaseFault as the cause) or a DatabaseFault. */
export const transact = async (session: Session, steps: readonly Step[]): Promise<Cell[][][]> => {
  for (let left = attempts - 1; ; left--) {
    try {
      return await attempt(session, steps)
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error
      const { fault, unless } = error
      if (isContention(fault) && left > 0) continue
      if (fault.code === conditionFailed) throw failure(unless, fault)
      if (fault.code === uniqueViolation) throw failure('conflict', fault)
      throw fault
    }
  }
}
