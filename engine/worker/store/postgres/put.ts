// Changes without an event. Nothing of theirs marks a transaction as ours, so a lost COMMIT is settled by looking at the
// rows: each one carries its id, version and bytes.
import { type Change, type Row, StoreError, type Table } from '../store.js'
import { stepsOf } from './changes.js'
import { byIds, readRows } from './row-reads.js'
import type { Session } from './session.js'
import { type Step, transact } from './transaction.js'

/** Changes, ready to be sent, as often as it takes. */
export interface PreparedPut {
  readonly changes: readonly Change[]
  readonly steps: readonly Step[]
}

/** Throws a RangeError for what is no table, id or number. */
export const preparePut = (changes: readonly Change[]): PreparedPut => ({
  changes,
  steps: stepsOf(changes),
})

const idOf = (change: Change): string => (change.op === 'delete' ? change.id : change.row.id)

const isSame = (a: Row, b: Row): boolean =>
  a.version === b.version && a.state === b.state && a.doc.equals(b.doc)

const isDone = (change: Change, stored: Row | undefined): boolean => {
  if (change.op === 'delete') return stored === undefined
  if (stored === undefined) return false
  return change.op === 'ensure' || isSame(stored, change.row)
}

/** Whether the rows are as the changes would leave them. */
const isDoneAll = async (session: Session, changes: readonly Change[]): Promise<boolean> => {
  const last = new Map(changes.map((change) => [`${change.table}/${idOf(change)}`, change]))
  for (const table of new Set<Table>(changes.map((change) => change.table))) {
    const wanted = [...last.values()].filter((change) => change.table === table)
    const stored = new Map(
      (await readRows(session, byIds(table, wanted.map(idOf)))).map((row) => [row.id, row]),
    )
    if (!wanted.every((change) => isDone(change, stored.get(idOf(change))))) return false
  }
  return true
}

export const putOn = async (session: Session, { steps }: PreparedPut): Promise<void> => {
  if (steps.length > 0) await transact(session, steps)
}

/** After a lost connection: nobody knows whether it was committed. */
export const putAgainOn = async (session: Session, prepared: PreparedPut): Promise<void> => {
  if (await isDoneAll(session, prepared.changes)) return
  try {
    await putOn(session, prepared)
  } catch (error) {
    // The first attempt may have ended between the look and this one.
    if (!(error instanceof StoreError) || !(await isDoneAll(session, prepared.changes))) throw error
  }
}
