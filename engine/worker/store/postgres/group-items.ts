// The changes of a group of commits, each with the item that it is of.
import type { Change, CommitGroup, Table } from '../store.js'
import { tableNumber } from './names.js'

/** A change and the item that it is of. Its place among all changes of the group is its number. */
export interface Placed<C extends Change = Change> {
  readonly item: number
  readonly place: number
  readonly change: C
}
export type Insert = Extract<Change, { op: 'insert' }>
export type Update = Extract<Change, { op: 'update' }>
export type Ensure = Extract<Change, { op: 'ensure' }>
export type Delete = Extract<Change, { op: 'delete' }>

export const ofOp = <Op extends Change['op']>(changes: readonly Placed[], op: Op) =>
  changes.filter(({ change }) => change.op === op) as Placed<Extract<Change, { op: Op }>>[]

/** In an order that is everybody's, so that groups of two nodes do not wait for each other. */
export const byTable = (changes: readonly Placed[]): [Table, Placed[]][] => {
  const tables = new Map<Table, Placed[]>()
  for (const placed of changes) {
    const { table } = placed.change
    const rows = tables.get(table) ?? []
    tables.set(table, rows)
    rows.push(placed)
  }
  return [...tables].sort(([a], [b]) => tableNumber(a) - tableNumber(b))
}

export const placedOf = (items: CommitGroup['items']): Placed[] =>
  items
    .flatMap(({ changes }, item) => changes.map((change) => ({ item, change })))
    .map((placed, place) => ({ ...placed, place }))
