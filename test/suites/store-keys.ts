// Wrapped keys and the outbox.
import type { Test } from 'tap'
import { newId } from '../../engine/ids.js'
import type { OpenStore } from './store.js'
import { commitOf, keyOf, outboxOf } from './store-rows.js'

export const storeKeys = async (t: Test, open: OpenStore): Promise<void> => {
  t.test('keys come back as they were put; what exists stays as it is', async (t) => {
    const store = await open()
    t.same(await store.keys(), [])
    const first = keyOf({ retiredTime: 1_790_000_000_999 })
    await store.putKeys([first, keyOf({ purpose: 2 })])
    const [next, again] = [keyOf({ version: 2, layers: 2 }), keyOf()]
    await store.putKeys([again, next])
    const keys = await store.keys()
    t.equal(keys.length, 3)
    t.same(
      keys.filter(({ purpose }) => purpose === 1).sort((a, b) => a.version - b.version),
      [first, next],
    )
    await t.resolves(store.putKeys([]))
  })

  t.test('messages wait, in the order of their ids, until they are done', async (t) => {
    const store = await open()
    const sorted = [10, 20, 30].map((time) => outboxOf({ time }))
    const messages = [sorted[2]!, sorted[0]!, sorted[1]!]
    await store.commit(commitOf([], { outbox: messages }))
    t.same(await store.outboxPending(10), sorted)
    t.same(await store.outboxPending(2), sorted.slice(0, 2))
    t.same(await store.outboxPending(10, sorted[0]!.id), sorted.slice(1))
    t.same(await store.outboxPending(10, sorted[2]!.id), [])
    await store.outboxDone([sorted[0]!.id, newId()])
    t.same(await store.outboxPending(10), sorted.slice(1))
    await store.outboxDone(messages.map(({ id }) => id))
    t.same(await store.outboxPending(10), [])
    await t.resolves(store.outboxDone([]))
  })

  t.test('a message of the same id: conflict', async (t) => {
    const store = await open()
    const message = outboxOf()
    await store.commit(commitOf([], { outbox: [message] }))
    await t.rejects(store.commit(commitOf([], { outbox: [message] })), { code: 'conflict' })
    t.equal((await store.auditPage(null, 10)).length, 1)
  })
}
