// Commits and puts: all or nothing, versions, the epoch, and the events that go with them.
import type { Test } from 'tap'
import { newId } from '../../engine/ids.js'
import { type Change, noState, type Store } from '../../engine/worker/store/store.js'
import type { OpenStore } from './store.js'
import {
  commitOf,
  entryOf,
  blockOf,
  insertOf,
  outboxOf,
  raiseOf,
  rowOf,
  updateOf,
} from './store-rows.js'

const nothingIsThere = async (t: Test, store: Store): Promise<void> => {
  t.equal(await store.count('setting', null), 0)
  t.same(await store.auditPage(null, 10), [])
  t.same(await store.outboxPending(10), [])
}

export const storeCommits = async (t: Test, open: OpenStore): Promise<void> => {
  t.test('begins without a state; only raising moves it', async (t) => {
    const store = await open()
    t.same(await store.state(), noState)
    t.same(await store.commit(commitOf([insertOf(rowOf())])), noState)
    const guard = raiseOf(noState)
    const raised = await store.commit(commitOf([], { guard }))
    t.same(raised, { accessEpoch: 1, sealed: guard.raised })
    t.same(await store.state(), raised)
    const held = { expected: raised, raised: null }
    t.same(await store.commit(commitOf([], { guard: held })), raised)
    t.same(await store.state(), raised)
  })

  t.test('rows, event and outbox appear together', async (t) => {
    const store = await open()
    const [row, block, message] = [rowOf(), blockOf(), outboxOf()]
    await store.commit(commitOf([insertOf(row)], { audit: [block], outbox: [message] }))
    t.same(await store.read('vault_entry', [row.id]), [row])
    t.same(await store.auditPage(null, 10), [block])
    t.same(await store.outboxPending(10), [message])
  })

  const refused: [string, string, (taken: Taken) => Change][] = [
    ['an id that exists', 'conflict', ({ row }) => insertOf(rowOf({ id: row.id }))],
    ['a unique value that exists', 'conflict', ({ entry }) => insertOf(rowOf(), [entry])],
    ['another version than expected', 'stale', ({ row }) => updateOf({ ...row, version: 3 })],
    ['a row that is gone', 'stale', () => updateOf(rowOf({ version: 2 }))],
  ]
  interface Taken {
    readonly row: ReturnType<typeof rowOf>
    readonly entry: ReturnType<typeof entryOf>
  }
  for (const [name, code, change] of refused)
    t.test(`${name}: ${code}, and nothing of the commit is kept`, async (t) => {
      const store = await open()
      const taken = { row: rowOf(), entry: entryOf() }
      await store.put([insertOf(taken.row, [taken.entry])])
      const state = await store.state()
      const changes = [
        insertOf(rowOf(), [], 'setting'),
        change(taken),
        insertOf(rowOf(), [], 'setting'),
      ]
      const commit = commitOf(changes, { outbox: [outboxOf()], guard: raiseOf(state) })
      await t.rejects(store.commit(commit), { name: 'StoreError', code })
      await t.rejects(store.put(changes), { name: 'StoreError', code })
      await nothingIsThere(t, store)
      t.same(await store.state(), state)
      t.same(await store.read('vault_entry', [taken.row.id]), [taken.row])
    })

  t.test('an update replaces every column of the row it names', async (t) => {
    const store = await open()
    const [row, other] = [rowOf({ secret: Buffer.from('old') }), rowOf()]
    await store.put([insertOf(row), insertOf(other)])
    const next = rowOf({ id: row.id, version: 2, parent: newId(), state: 1, expiresTime: 5 })
    await store.commit(commitOf([updateOf(next)]))
    t.same(await store.read('vault_entry', [row.id]), [next])
    t.same(await store.read('vault_entry', [other.id]), [other])
    await t.rejects(store.commit(commitOf([updateOf(next)])), { code: 'stale' })
  })

  t.test('another epoch or other bytes than expected refuse the commit: epoch', async (t) => {
    const store = await open()
    const before = await store.commit(commitOf([], { guard: raiseOf(noState) }))
    const state = await store.commit(commitOf([], { guard: raiseOf(before) }))
    const cut = state.sealed.subarray(1)
    const others = [
      noState,
      before,
      { ...state, accessEpoch: 1 },
      { ...state, accessEpoch: 3 },
      { ...state, sealed: before.sealed },
      { ...state, sealed: cut },
    ]
    for (const expected of others)
      for (const raised of [null, Buffer.from('next')]) {
        const guard = { expected, raised }
        const commit = commitOf([insertOf(rowOf(), [], 'setting')], {
          guard,
          outbox: [outboxOf()],
        })
        await t.rejects(store.commit(commit), { name: 'StoreError', code: 'epoch' })
      }
    t.equal(await store.count('setting', null), 0)
    t.same(await store.outboxPending(10), [])
    t.equal((await store.auditPage(null, 10)).length, 2)
    t.same(await store.state(), state)
    const guard = { expected: state, raised: null }
    await t.resolves(store.commit(commitOf([insertOf(rowOf(), [], 'setting')], { guard })))
  })

  t.test('of many that raise the same state, one commits', async (t) => {
    const store = await open()
    const guards = [1, 2, 3, 4].map(() => raiseOf(noState))
    const all = await Promise.allSettled(
      guards.map((guard) => store.commit(commitOf([], { guard }))),
    )
    const [won, ...others] = guards.filter((_, i) => all[i]?.status === 'fulfilled')
    t.equal(others.length, 0)
    t.same(await store.state(), { accessEpoch: 1, sealed: won?.raised })
  })

  t.test(
    'who raises and who rests on the state before it: one commits, or both in order',
    async (t) => {
      const store = await open()
      const [raise, hold] = [raiseOf(noState), { expected: noState, raised: null }]
      const [raised, held] = await Promise.allSettled(
        [raise, hold].map((guard) => store.commit(commitOf([], { guard }))),
      )
      t.equal(raised?.status, 'fulfilled')
      if (held?.status === 'rejected') t.match(held.reason, { code: 'epoch' })
      t.equal((await store.state()).accessEpoch, 1)
    },
  )

  t.test('ensure inserts what is missing and leaves what is there', async (t) => {
    const store = await open()
    const row = rowOf({ version: 3 })
    await store.commit(commitOf([{ op: 'ensure', table: 'setting', row }]))
    const again = rowOf({ id: row.id })
    await store.commit(commitOf([{ op: 'ensure', table: 'setting', row: again }]))
    await store.put([{ op: 'ensure', table: 'setting', row: again }])
    t.same(await store.read('setting', [row.id]), [row])
  })

  t.test('a deleted row is gone; deleting it again is no error', async (t) => {
    const store = await open()
    const [row, other] = [rowOf(), rowOf()]
    await store.put([insertOf(row), insertOf(other), insertOf(row, [], 'setting')])
    const gone: Change = { op: 'delete', table: 'vault_entry', id: row.id }
    await store.commit(commitOf([gone]))
    t.same(await store.read('vault_entry', [row.id, other.id]), [other])
    t.equal(await store.count('setting', null), 1, 'a row of the same id elsewhere stays')
    await t.resolves(store.commit(commitOf([gone])))
    await t.resolves(store.put([gone]))
  })

  t.test('changes of one commit happen in their order', async (t) => {
    const store = await open()
    const row = rowOf()
    const second = { ...row, version: 2 }
    await store.commit(commitOf([insertOf(row), updateOf(second)]))
    t.same(await store.read('vault_entry', [row.id]), [second])
    const changes: Change[] = [
      { op: 'delete', table: 'vault_entry', id: row.id },
      insertOf(row),
      { op: 'ensure', table: 'vault_entry', row: second },
    ]
    await store.put(changes)
    t.same(await store.read('vault_entry', [row.id]), [row])
    await t.resolves(store.put([]))
  })

  t.test('the same audit bytes again: it was committed, once', async (t) => {
    const store = await open()
    const guard = raiseOf(await store.state())
    const commit = commitOf([insertOf(rowOf())], { guard, outbox: [outboxOf()] })
    const state = await store.commit(commit)
    t.same(await store.commit(commit), state)
    t.same(await store.state(), state)
    t.equal(await store.count('vault_entry', null), 1)
    t.same((await store.outboxPending(10)).length, 1)
  })

  t.test(
    'other bytes under the same (chain, firstSeq): audit_conflict, nothing is kept',
    async (t) => {
      const store = await open()
      const block = blockOf()
      await store.append([block], [])
      const audit = [
        blockOf({ chain: block.chain, firstSeq: 1 }),
        blockOf({ chain: block.chain, firstSeq: 2 }),
      ]
      const state = await store.state()
      const commit = commitOf([insertOf(rowOf(), [], 'setting')], { audit, guard: raiseOf(state) })
      await t.rejects(store.commit(commit), { code: 'audit_conflict' })
      t.same(await store.auditPage(null, 10), [block])
      t.equal(await store.count('setting', null), 0)
      t.same(await store.state(), state)
    },
  )

  t.test('many at once do not mix', async (t) => {
    const store = await open()
    const rows = Array.from({ length: 24 }, () => rowOf())
    const taken = rows[0]!
    await store.put([insertOf(taken)])
    const all = await Promise.allSettled(
      rows.map((row, i) =>
        store.commit(
          commitOf([insertOf(rowOf(), [], 'setting'), insertOf(i % 3 === 0 ? taken : row)]),
        ),
      ),
    )
    const done = all.filter(({ status }) => status === 'fulfilled').length
    t.equal(done, 16)
    t.equal(await store.count('setting', null), done)
    t.equal(await store.count('vault_entry', null), done + 1)
    t.equal((await store.auditPage(null, 100)).length, done)
  })

  t.test('a commit has an event', async (t) => {
    const store = await open()
    await t.rejects(store.commit(commitOf([insertOf(rowOf())], { audit: [] })), RangeError)
    t.equal(await store.count('vault_entry', null), 0)
  })
}
