// Who is admitted has nothing in common with anybody who was there before, and everybody who is alone is.
import fc from 'fast-check'
import t from 'tap'
import { type Shared, Sharing, touchedBy } from '../../../../engine/worker/store/sharing.js'
import type { Change } from '../../../../engine/worker/store/store.js'
import { entryOf, insertOf, outboxOf, rowOf, updateOf } from '../../../suites/store-rows.js'

const rows = Array.from({ length: 4 }, () => rowOf({ version: 2 }))
const values = Array.from({ length: 4 }, () => entryOf())
const messages = Array.from({ length: 3 }, () => outboxOf())

const change: fc.Arbitrary<Change> = fc
  .record({
    row: fc.constantFrom(...rows),
    indexes: fc.subarray(values, { maxLength: 2 }),
    op: fc.constantFrom('insert', 'update', 'delete', 'ensure'),
    table: fc.constantFrom('vault_entry' as const, 'setting' as const),
  })
  .map(({ row, indexes, op, table }) => {
    if (op === 'insert') return insertOf(row, indexes, table)
    if (op === 'update') return updateOf(row, indexes, 1, table)
    return op === 'delete' ? { op, table, id: row.id } : { op: 'ensure', table, row }
  })
const commit: fc.Arbitrary<Shared> = fc.record({
  changes: fc.array(change, { maxLength: 2 }),
  outbox: fc.subarray(messages, { maxLength: 1 }),
})

const has2 = (keys: readonly string[]): boolean => new Set(keys).size < keys.length

t.test('any commits', async () => {
  fc.assert(
    fc.property(fc.array(commit, { maxLength: 8 }), (commits) => {
      const sharing = new Sharing()
      const before: string[] = []
      return commits.every((each) => {
        const keys = touchedBy(each)
        const isApart = !has2(keys) && keys.every((key) => !before.includes(key))
        before.push(...keys)
        return sharing.admits(each) === isApart
      })
    }),
    { numRuns: 2_000 },
  )
})

t.test('the same row, value or message, but not the same id in another table', async (t) => {
  const [row, other] = [rowOf(), rowOf()]
  const [value, shared, message] = [entryOf(), entryOf({ unique: false }), outboxOf()]
  const of = (changes: readonly Change[], outbox: Shared['outbox'] = []): Shared => ({
    changes,
    outbox,
  })
  const pairs: [string, Shared, Shared, boolean][] = [
    ['row', of([insertOf(row)]), of([updateOf(row)]), false],
    [
      'gone row',
      of([updateOf(row)]),
      of([{ op: 'delete', table: 'vault_entry', id: row.id }]),
      false,
    ],
    ['row elsewhere', of([insertOf(row)]), of([insertOf(row, [], 'setting')]), true],
    ['value', of([insertOf(row, [value])]), of([updateOf(other, [value])]), false],
    [
      'value elsewhere',
      of([insertOf(row, [value])]),
      of([insertOf(other, [value], 'setting')]),
      true,
    ],
    ['shared value', of([insertOf(row, [shared])]), of([insertOf(other, [shared])]), true],
    ['message', of([], [message]), of([], [message]), false],
  ]
  for (const [name, first, second, may] of pairs) {
    const sharing = new Sharing()
    t.equal(sharing.admits(first), true, name)
    t.equal(sharing.admits(second), may, name)
  }
})
