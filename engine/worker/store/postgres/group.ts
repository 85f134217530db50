// Commits that share a transaction, in two round trips: first everything they change, which answers what holds; then
// the events, the messages of what holds, and COMMIT. From the moment these are made they are the only bytes that are
// ever sent: after a lost COMMIT what held goes again as one commit, its blocks first, all or nothing.
import {
  type AuditBlock,
  type Commit,
  type CommitGroup,
  type GroupResult,
  StoreError,
  type StoredState,
} from '../store.js'
import { appending, appendOn, toResult } from './append.js'
import { isAuditKey, type PreparedCommit, prepareCommit, recommitOn } from './commit.js'
import {
  DatabaseFault,
  failure,
  isContention,
  isLockTimeout,
  isLost,
  uniqueViolation,
} from './faults.js'
import { forgetRefused } from './group-refused.js'
import { groupSteps, type GroupSteps } from './group-steps.js'
import { outboxSteps } from './outbox.js'
import type { Session, Statement } from './session.js'
import { stateParameters } from './state.js'
import { beginHasty, inOneTrip, inTransaction } from './transaction.js'

/** What became of it when its blocks were made. */
interface Sealed {
  readonly refusals: GroupResult['refusals']
  /** What held, for whoever must send it again. */
  readonly commit: PreparedCommit
}

const unguarded = `select ${forgetRefused}, true`
// As a commit's own guard: the state stays what it is until this transaction has ended.
const guarded = `select ${forgetRefused}, count(*) = 1 and (select count(*) from tenant_state) = 1
  from (
    select 1 from tenant_state
    where access_epoch = $1::bigint and sealed = decode($2::text, 'hex') for share
  ) as held`

const opening = (expected: StoredState | null): Statement =>
  expected === null
    ? { text: unguarded, parameters: [] }
    : { text: guarded, parameters: stateParameters(expected) }

const append = appending(inTransaction)

export class PreparedGroup {
  readonly #steps: GroupSteps
  #sealed: Sealed | null = null

  /** Throws a RangeError for what is no table, id or number. */
  constructor(private readonly group: CommitGroup) {
    this.#steps = groupSteps(group.items)
  }

  /** Throws a StoreError or a DatabaseFault. */
  async run(session: Session): Promise<GroupResult | null> {
    try {
      const refusals = await this.#changed(session)
      if (refusals === null) return await rolledBack(session)
      const blocks = await this.#blocks(session, refusals)
      return await this.#ended(session, refusals, blocks)
    } catch (error) {
      if (!(error instanceof DatabaseFault) || isLost(error)) throw error
      await rolledBack(session)
      if (isAuditKey(error)) throw failure('audit_conflict', error)
      // Alone each of them waits as long as it takes, or learns its code.
      if (isPassing(error)) return null
      throw error
    }
  }

  /** After a lost connection: nobody knows whether it was committed, if it came to that. */
  async again(session: Session): Promise<GroupResult | null> {
    if (this.#sealed === null) return this.run(session)
    const { commit, refusals } = this.#sealed
    try {
      await recommitOn(session, commit)
      return { ...(await appendOn(session, [], this.group.served)), refusals }
    } catch (error) {
      // Its blocks were let in, so the first attempt had ended without them; and then something did not hold.
      if (error instanceof StoreError && error.code !== 'audit_conflict') return null
      throw error
    }
  }

  async #changed(session: Session): Promise<GroupResult['refusals'] | null> {
    const first = opening(this.group.expected)
    const [opened, ...answers] = await inOneTrip(session, {
      before: beginHasty,
      statements: [first, ...this.#steps.statements],
    })
    return opened?.[0]?.[1] === true ? this.#steps.judge(answers) : null
  }

  async #blocks(
    session: Session,
    refusals: GroupResult['refusals'],
  ): Promise<readonly AuditBlock[]> {
    try {
      const blocks = this.group.audit(refusals.map((refusal) => refusal === null))
      if (blocks.length > 0)
        this.#sealed = { refusals, commit: prepareCommit(this.#kept(refusals, blocks)) }
      else if (refusals.includes(null)) throw new RangeError('a commit has an event')
      return blocks
    } catch (error) {
      await rolledBack(session)
      throw failure('unavailable', error)
    }
  }

  #kept(refusals: GroupResult['refusals'], audit: readonly AuditBlock[]): Commit {
    const { items, expected } = this.group
    const kept = items.filter((_, i) => refusals[i] === null)
    return {
      audit,
      changes: kept.flatMap(({ changes }) => changes),
      outbox: kept.flatMap(({ outbox }) => outbox),
      guard: expected && { expected, raised: null },
    }
  }

  async #ended(
    session: Session,
    refusals: GroupResult['refusals'],
    blocks: readonly AuditBlock[],
  ): Promise<GroupResult> {
    const outbox = this.group.items
      .filter((_, i) => refusals[i] === null)
      .flatMap((item) => item.outbox)
    const [appended] = await inOneTrip(session, {
      statements: [append(blocks, this.group.served), ...outboxSteps(outbox)],
      after: 'commit',
    })
    return { ...toResult(appended ?? []), refusals }
  }
}

const isPassing = (fault: DatabaseFault): boolean =>
  isContention(fault) || isLockTimeout(fault) || fault.code === uniqueViolation

const rolledBack = async (session: Session): Promise<null> => {
  await session.script('rollback')
  return null
}
