// Which commits may share a transaction (CommitGroup): those that touch no row, unique value or message twice, neither
// within themselves nor between them. Whether one holds then depends on none of the others, and set-based statements may
// take their changes in any order. It knows what commits write, not what they free: that the store must see itself.
import type { Change, Commit, IndexEntry, Table } from './store.js'

export type Shared = Pick<Commit, 'changes' | 'outbox'>

const rowKey = (change: Change): string =>
  `${change.table}/${change.op === 'delete' ? change.id : change.row.id}`

const valueKey = (table: Table, { index, indexVersion, value }: IndexEntry): string =>
  `${table}/${index}/${indexVersion}/${value.toString('hex')}`

const valueKeys = (change: Change): string[] =>
  change.op === 'insert' || change.op === 'update'
    ? (change.indexes ?? [])
        .filter(({ unique }) => unique)
        .map((entry) => valueKey(change.table, entry))
    : []

/** Everything that no two of a group may have in common. */
export const touchedBy = ({ changes, outbox }: Shared): string[] => [
  ...changes.map(rowKey),
  ...changes.flatMap(valueKeys),
  ...outbox.map(({ id }) => `outbox/${id}`),
]

export class Sharing {
  readonly #touched = new Set<string>()

  /**
   * Whether it may join those admitted so far. One that may not is remembered all the same: nobody who touches what it
   * touches may go before it.
   */
  admits(commit: Shared): boolean {
    const before = this.#touched.size
    const keys = touchedBy(commit)
    const isApart = keys.every((key) => !this.#touched.has(key))
    for (const key of keys) this.#touched.add(key)
    return isApart && this.#touched.size === before + keys.length
  }
}
