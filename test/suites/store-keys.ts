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

  t.test('messages wait, oldest first, until they are done', async (t) => {
    const store = await open()
    const messages = [30, 10, 20].map((time) => outboxOf({ time }))
    await store.commit(commitOf([], { outbox: messages }))
    const sorted = [messages[1], messages[2], messages[0]]
    t.same(await store.outboxPending(10), sorted)
    t.same(await store.outboxPending(2), sorted.slice(0, 2))
    await store.outboxDone([messages[1]!.id, newId()])
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
