// Groups: commits that share a transaction, each of them kept as a whole or refused as if it were alone.
import type { Test } from 'tap'
import { newId } from '../../engine/ids.js'
import {
  type AuditBlock,
  type Change,
  type CommitGroup,
  noState,
  type Store,
} from '../../engine/worker/store/store.js'
import type { OpenStore } from './store.js'
import {
  blockOf,
  commitOf,
  entryOf,
  insertOf,
  outboxOf,
  raiseOf,
  rowOf,
  updateOf,
} from './store-rows.js'

type Item = CommitGroup['items'][number]

const itemOf = (changes: readonly Change[], outbox: Item['outbox'] = []): Item => ({
  changes,
  outbox,
})

/** With a block of a chain of its own; `asked` is what its maker was told. */
const groupOf = (items: readonly Item[], fields: Partial<CommitGroup> = {}) => {
  const asked: (readonly boolean[])[] = []
  const block = blockOf()
  const audit = (held: readonly boolean[]): AuditBlock[] => {
    asked.push(held)
    return [block]
  }
  return { asked, block, group: { items, expected: null, served: [], audit, ...fields } }
}

const nothingIsThere = async (t: Test, store: Store): Promise<void> => {
  t.equal(await store.count('setting', null), 0)
  t.same(await store.auditPage(null, 10), [])
  t.same(await store.outboxPending(10), [])
}

export const storeGroups = async (t: Test, open: OpenStore): Promise<void> => {
  t.test('everything of every item appears together', async (t) => {
    const store = await open()
    const rows = Array.from({ length: 5 }, () => rowOf())
    const messages = [outboxOf(), outboxOf()]
    const items = rows.map((row, i) =>
      itemOf([insertOf(row, [entryOf(), entryOf({ unique: false })])], messages.slice(i, i + 1)),
    )
    const { asked, block, group } = groupOf(items)
    const answer = await store.commitGroup(group)
    t.match(answer, { ...noState, refusals: [null, null, null, null, null] })
    t.same(asked, [[true, true, true, true, true]])
    t.same(await store.auditPage(null, 10), [block])
    t.equal((await store.outboxPending(10)).length, 2)
    const stored = await store.read(
      'vault_entry',
      rows.map(({ id }) => id),
    )
    t.equal(stored.length, 5)
    for (const row of rows)
      t.same(
        stored.find(({ id }) => id === row.id),
        row,
      )
  })

  t.test('of all kinds of changes in several tables', async (t) => {
    const store = await open()
    const [updated, gone, kept] = [rowOf(), rowOf(), rowOf()]
    const [old, next, other] = [entryOf(), entryOf(), entryOf()]
    await store.put([insertOf(updated, [old]), insertOf(gone, [other]), insertOf(kept)])
    const [second, version, setting] = [rowOf({ id: updated.id, version: 2 }), rowOf(), rowOf()]
    const items = [
      itemOf([
        updateOf(second, [next]),
        insertOf(version, [], 'vault_entry_version'),
        { op: 'ensure', table: 'setting', row: setting },
      ]),
      itemOf([{ op: 'delete', table: 'vault_entry', id: gone.id }]),
      itemOf([{ op: 'ensure', table: 'vault_entry', row: rowOf({ id: kept.id, version: 7 }) }]),
    ]
    t.same((await store.commitGroup(groupOf(items).group))?.refusals, [null, null, null])
    t.same(await store.read('vault_entry', [updated.id]), [second])
    t.same(await store.read('vault_entry', [gone.id]), [])
    t.same(await store.read('vault_entry', [kept.id]), [kept])
    t.same(await store.read('vault_entry_version', [version.id]), [version])
    t.same(await store.read('setting', [setting.id]), [setting])
    t.same(await store.find('vault_entry', [old, other]), [])
    t.same(await store.find('vault_entry', [next]), [second])
  })

  t.test('who is refused is told why, nothing of his is kept, and all of the others', async (t) => {
    const store = await open()
    const [taken, present] = [rowOf(), rowOf({ version: 4 })]
    const value = entryOf()
    await store.put([insertOf(taken, [value]), insertOf(present)])
    const along = () => insertOf(rowOf(), [], 'setting')
    const good = [rowOf(), rowOf({ id: taken.id, version: 2 })]
    const items = [
      itemOf([along(), insertOf(rowOf(), [value])], [outboxOf()]),
      itemOf([insertOf(good[0]!)]),
      itemOf([along(), updateOf({ ...present, version: 4 }, [entryOf()]), along()], [outboxOf()]),
      itemOf([updateOf(rowOf({ version: 2 })), along()]),
      itemOf([updateOf(good[1]!)]),
    ]
    const { asked, block, group } = groupOf(items)
    const answer = await store.commitGroup(group)
    t.same(answer?.refusals, ['conflict', null, 'stale', 'stale', null])
    t.same(asked, [[false, true, false, false, true]])
    t.equal(await store.count('setting', null), 0)
    t.same(await store.outboxPending(10), [])
    t.same(await store.auditPage(null, 10), [block])
    t.same(await store.read('vault_entry', [good[0]!.id]), [good[0]])
    t.same(await store.read('vault_entry', [taken.id]), [good[1]])
    t.same(await store.find('vault_entry', [value]), [good[1]], 'an update may keep its values')
    t.same(await store.read('vault_entry', [present.id]), [present])
  })

  t.test('of two reasons the one that the item alone would be told', async (t) => {
    const store = await open()
    const [taken, present] = [rowOf(), rowOf()]
    const value = entryOf()
    await store.put([insertOf(taken, [value]), insertOf(present)])
    const stale = updateOf({ ...present, version: 3 })
    const conflicting = () => insertOf(rowOf(), [value], 'vault_entry')
    const each = [
      [[stale, conflicting()], 'stale'],
      [[conflicting(), stale], 'conflict'],
      [[updateOf({ ...present, version: 3 }, [value])], 'stale'],
    ] as const
    for (const [changes, code] of each) {
      await t.rejects(store.commit(commitOf(changes)), { code })
      const { refusals } = (await store.commitGroup(groupOf([itemOf(changes)]).group)) ?? {}
      t.same(refusals, [code])
    }
  })

  t.test('an item that holds in part: nothing is kept, or it is refused', async (t) => {
    const store = await open()
    const row = rowOf()
    await store.put([insertOf(row)])
    const items = [
      itemOf([insertOf(rowOf(), [], 'setting')]),
      itemOf([insertOf(rowOf(), [], 'setting'), insertOf(rowOf({ id: row.id }))], [outboxOf()]),
    ]
    const answer = await store.commitGroup(groupOf(items).group)
    if (answer === null) return nothingIsThere(t, store)
    t.same(answer.refusals, [null, 'conflict'])
    t.equal(await store.count('setting', null), 1)
    t.same(await store.outboxPending(10), [])
  })

  t.test('a value that somebody of the group gives up is never said to be taken', async (t) => {
    const store = await open()
    const row = rowOf()
    const value = entryOf()
    await store.put([insertOf(row, [value])])
    const items = [
      itemOf([updateOf(rowOf({ id: row.id, version: 2 }), [entryOf()])]),
      itemOf([insertOf(rowOf(), [value])]),
    ]
    const answer = await store.commitGroup(groupOf(items).group)
    if (answer === null) return t.same(await store.read('vault_entry', [row.id]), [row])
    t.same(answer.refusals, [null, null])
  })

  t.test('another state than expected: nothing is kept, and nobody makes a block', async (t) => {
    const store = await open()
    const state = await store.commit(commitOf([], { guard: raiseOf(noState) }))
    const others = [noState, { ...state, accessEpoch: 2 }, { ...state, sealed: Buffer.from('x') }]
    for (const expected of others) {
      const items = [itemOf([insertOf(rowOf(), [], 'setting')]), itemOf([insertOf(rowOf())])]
      const { asked, group } = groupOf(items, { expected })
      t.equal(await store.commitGroup(group), null)
      t.same(asked, [])
    }
    t.equal(await store.count('setting', null), 0)
    t.equal((await store.auditPage(null, 10)).length, 1)
    const items = [itemOf([insertOf(rowOf(), [], 'setting')])]
    t.match(await store.commitGroup(groupOf(items, { expected: state }).group), state)
    t.equal(await store.count('setting', null), 1)
  })

  t.test('answers versions as they are with it, as append does', async (t) => {
    const store = await open()
    const [row, other, gone] = [rowOf(), rowOf({ version: 9 }), rowOf({ state: 1 })]
    await store.put([insertOf(row), insertOf(other), insertOf(gone)])
    const served = [row.id, other.id, gone.id, newId()]
    const items = [itemOf([updateOf({ ...row, version: 2 })])]
    const answer = await store.commitGroup(groupOf(items, { served }).group)
    t.same(
      answer?.versions,
      new Map([
        [row.id, 2],
        [other.id, 9],
      ]),
    )
  })

  t.test('where all are refused there need not be a block', async (t) => {
    const store = await open()
    const items = [itemOf([updateOf(rowOf({ version: 2 })), insertOf(rowOf(), [], 'setting')])]
    const answer = await store.commitGroup(groupOf(items, { audit: () => [] }).group)
    t.match(answer, { ...noState, refusals: ['stale'] })
    await nothingIsThere(t, store)
  })

  t.test('what is kept has an event', async (t) => {
    const store = await open()
    const items = [itemOf([insertOf(rowOf(), [], 'setting')])]
    await t.rejects(store.commitGroup(groupOf(items, { audit: () => [] }).group), {
      code: 'unavailable',
    })
    await nothingIsThere(t, store)
  })

  t.test('blocks that cannot be made: nothing is kept', async (t) => {
    const store = await open()
    const audit = (): never => {
      throw new Error('no key')
    }
    const items = [itemOf([insertOf(rowOf(), [], 'setting')])]
    await t.rejects(store.commitGroup(groupOf(items, { audit }).group))
    await nothingIsThere(t, store)
    await t.resolves(store.commit(commitOf([insertOf(rowOf())])), 'and the next goes on')
  })

  t.test('a block under the key of another: audit_conflict, and nothing is kept', async (t) => {
    const store = await open()
    const block = blockOf()
    await store.append([block], [])
    const audit = () => [blockOf({ chain: block.chain, firstSeq: 1 })]
    const items = [itemOf([insertOf(rowOf(), [], 'setting')])]
    await t.rejects(store.commitGroup(groupOf(items, { audit }).group), { code: 'audit_conflict' })
    t.equal(await store.count('setting', null), 0)
    t.same(await store.auditPage(null, 10), [block])
  })

  t.test('a hundred updates', async (t) => {
    const store = await open()
    const rows = Array.from({ length: 100 }, () => rowOf({ secret: Buffer.from('old') }))
    const values = rows.map(() => entryOf())
    await store.put(rows.map((row, i) => insertOf(row, [values[i]!])))
    const next = rows.map(({ id }) => rowOf({ id, version: 2 }))
    const items = next.map((row, i) =>
      itemOf([updateOf(row, [values[i]!], i % 10 === 0 ? 2 : 1), insertOf(rowOf(), [], 'setting')]),
    )
    const refusals = (await store.commitGroup(groupOf(items).group))?.refusals
    t.same(
      refusals,
      next.map((_, i) => (i % 10 === 0 ? 'stale' : null)),
    )
    t.equal(await store.count('setting', null), 90)
    const stored = await store.find('vault_entry', values)
    t.equal(stored.filter(({ version }) => version === 2).length, 90)
  })
}
