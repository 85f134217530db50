// The first half of a group of commits as statements: what would not hold is found first, then the rest is changed.
import type { Change, CommitGroup, GroupResult, Table } from '../store.js'
import {
  deleteRows,
  dropOtherEntries,
  insertEntries,
  insertRows,
  updateRows,
} from './group-changes.js'
import { entriesOf } from './group-entries.js'
import { findStale, findTaken } from './group-findings.js'
import { byTable, ofOp, type Placed, placedOf } from './group-items.js'
import type { Cell, Statement } from './session.js'

/** A statement and what its answer means. */
interface Asked {
  readonly statement: Statement
  readonly finds?: 'conflict' | 'stale'
  /** The items whose rows it updates. */
  readonly updates?: readonly number[]
}

const some = <T>(found: readonly T[], asked: () => Asked[]): Asked[] =>
  found.length === 0 ? [] : asked()

const findStaleIn = ([table, changes]: [Table, Placed[]]): Asked[] => {
  const updates = ofOp(changes, 'update')
  return some(updates, () => [{ statement: findStale(table, updates), finds: 'stale' }])
}

const changeIn = ([table, changes]: [Table, Placed[]]): Asked[] => {
  const [updates, inserts] = [ofOp(changes, 'update'), ofOp(changes, 'insert')]
  const [ensures, deletes] = [ofOp(changes, 'ensure'), ofOp(changes, 'delete')]
  const moved = updates.filter(({ change }) => change.indexes !== undefined)
  return [
    ...some(updates, () => [
      { statement: updateRows(table, updates), updates: updates.map(({ item }) => item) },
    ]),
    ...some(moved, () => [{ statement: dropOtherEntries(table, moved, entriesOf(moved)) }]),
    ...some(inserts, () => [{ statement: insertRows(table, inserts) }]),
    ...some(ensures, () => [
      { statement: insertRows(table, ensures, 'on conflict (id) do nothing') },
    ]),
    ...some(deletes, () => [{ statement: deleteRows(table, deletes) }]),
  ]
}

export interface GroupSteps {
  readonly statements: readonly Statement[]
  /** What the answers say of each item; null: something would hold in part. */
  judge(answers: readonly Cell[][][]): GroupResult['refusals'] | null
}

/** Throws a RangeError for what is no table, id or number. */
export const groupSteps = (items: CommitGroup['items']): GroupSteps => {
  const changes = placedOf(items)
  const tables = byTable(changes)
  const indexed = [...ofOp(changes, 'insert'), ...ofOp(changes, 'update')]
  const entries = entriesOf(indexed)
  const asked: Asked[] = [
    ...tables.flatMap(findStaleIn),
    ...some(entries, () => [{ statement: findTaken(entries), finds: 'conflict' }]),
    ...tables.flatMap(changeIn),
    ...some(entries, () => [{ statement: insertEntries(entries) }]),
  ]
  return {
    statements: asked.map(({ statement }) => statement),
    judge: (answers) => judged(items.length, changes, asked, answers),
  }
}

interface Found {
  readonly place: number
  readonly code: 'conflict' | 'stale'
  readonly holder: string
}

const foundIn = ({ finds }: Asked, answer: Cell[][] | undefined): Found[] => {
  const listed = answer?.[0]?.[0]
  if (finds === undefined || typeof listed !== 'string') return []
  return listed.split(',').map((pair) => {
    const [place, holder] = pair.split(' ') as [string, string]
    return { place: Number(place), code: finds, holder }
  })
}

// As a commit alone would find it: the first change that does not hold, and of one change its version first.
const judged = (
  count: number,
  changes: readonly Placed[],
  asked: readonly Asked[],
  answers: readonly Cell[][][],
): GroupResult['refusals'] | null => {
  const found = asked.flatMap((one, i) => foundIn(one, answers[i]))
  // Who holds the value may be about to let it go, in this very group.
  const moved = new Set(changes.filter(({ change }) => mayFree(change)).map(idOf))
  if (found.some(({ holder }) => moved.has(holder))) return null
  const refusals: ('conflict' | 'stale' | null)[] = Array.from({ length: count }, () => null)
  for (const { place, code } of found.sort((a, b) => a.place - b.place))
    refusals[changes[place]!.item] ??= code
  const isWhole = asked.every(({ updates }, i) => {
    if (updates === undefined) return true
    return answers[i]?.[0]?.[0] === updates.filter((item) => refusals[item] === null).length
  })
  return isWhole ? refusals : null
}

const mayFree = (change: Change): boolean =>
  change.op === 'delete' || (change.op === 'update' && change.indexes !== undefined)

const idOf = ({ change }: Placed): string => (change.op === 'delete' ? change.id : change.row.id)
