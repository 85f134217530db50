// A connection that is lost around a COMMIT: afterwards the change is there once, or not at all and said so.
import t, { type Test } from 'tap'
import type { Store } from '../../../../../engine/worker/store/store.js'
import {
  chainOf,
  commitOf,
  entryOf,
  insertOf,
  outboxOf,
  raiseOf,
  rowOf,
  updateOf,
} from '../../../../suites/store-rows.js'
import { createDatabase, openTestStore, type TestDatabase } from '../../../../support/database.js'
import { sharedServer } from '../../../../support/shared.js'
import { blockRow, untilWaiting } from './blocking.js'
import { startRelay } from './relay.js'

t.test('around a COMMIT', async (t) => {
  const server = await sharedServer(t)
  const database = await createDatabase(server.url, 'lost')
  const relay = await startRelay(t, database.runtime)
  const store = openTestStore(relay.target)
  t.teardown(() => store.close())
  await commits(t, database, relay, store)
})

const commits = async (
  t: Test,
  database: TestDatabase,
  relay: Awaited<ReturnType<typeof startRelay>>,
  store: Store,
): Promise<void> => {
  t.test('the answer to COMMIT is lost: it was committed, and that is the answer', async (t) => {
    const before = await store.state()
    const { accessEpoch } = before
    const row = rowOf()
    const fields = { guard: raiseOf(before), outbox: [outboxOf()] }
    relay.loseAnswer('COMMIT')
    const state = await store.commit(commitOf([insertOf(row, [entryOf()])], fields))
    t.equal(state.accessEpoch, accessEpoch + 1)
    t.same(await store.state(), state)
    t.same(await store.read('vault_entry', [row.id]), [row])
    t.equal((await store.outboxPending(10)).length, 1)
  })

  t.test('an update, too, and a put without any event', async (t) => {
    const row = rowOf()
    await store.put([insertOf(row)])
    relay.loseAnswer('COMMIT')
    await t.resolves(store.commit(commitOf([updateOf({ ...row, version: 2 })])))
    relay.loseAnswer('COMMIT')
    await t.resolves(
      store.put([updateOf({ ...row, version: 3 }), insertOf(rowOf(), [], 'setting')]),
    )
    t.equal((await store.read('vault_entry', [row.id]))[0]?.version, 3)
    t.equal(await store.count('setting', null), 1)
    relay.loseAnswer('COMMIT')
    const stale = commitOf([updateOf({ ...row, version: 3 })])
    await t.rejects(
      store.commit(stale),
      { code: 'stale' },
      'nobody answers a COMMIT that rolls back',
    )
    relay.loseAnswer('ROLLBACK')
    await t.rejects(store.commit(stale), { code: 'stale' })
  })

  t.test('the answer to an append is lost', async (t) => {
    const events = chainOf(1, 3)
    await store.append(chainOf(1, 1), [])
    relay.loseAnswer('SELECT 1')
    await t.resolves(store.append(events, []))
    t.same(await store.auditChain(events[0]!.chain, 1, 10), events)
  })

  t.test('the server ends the session before COMMIT: it is done again', async (t) => {
    const row = rowOf()
    await store.put([insertOf(row)])
    const release = await blockRow(t, database, row.id)
    const before = await store.state()
    const fields = { guard: raiseOf(before) }
    const commit = store.commit(commitOf([updateOf({ ...row, version: 2 })], fields))
    const [pid] = await untilWaiting(database, 1)
    await database.query(`select pg_terminate_backend(${pid})`)
    await untilWaiting(database, 1, pid)
    await release()
    t.equal((await commit).accessEpoch, before.accessEpoch + 1)
    t.equal((await store.read('vault_entry', [row.id]))[0]?.version, 2)
  })

  t.test('the first attempt is still at it when the second begins: done once', async (t) => {
    const row = rowOf()
    await store.put([insertOf(row)])
    const before = await store.state()
    const { accessEpoch } = before
    const events = (await store.auditPage(null, 1_000)).length
    const release = await blockRow(t, database, row.id)
    const fields = { guard: raiseOf(before) }
    const commit = store.commit(commitOf([updateOf({ ...row, version: 2 })], fields))
    await untilWaiting(database, 1)
    relay.cutClients()
    await untilWaiting(database, 2)
    await release()
    t.equal((await commit).accessEpoch, accessEpoch + 1)
    t.equal((await store.state()).accessEpoch, accessEpoch + 1)
    t.equal((await store.read('vault_entry', [row.id]))[0]?.version, 2)
    t.equal((await store.auditPage(null, 1_000)).length, events + 1)
  })

  t.test('a second loss, while it is settled: that is settled, too', async (t) => {
    const row = rowOf()
    await store.put([insertOf(row)])
    const release = await blockRow(t, database, row.id)
    const commit = store.commit(commitOf([updateOf({ ...row, version: 2 })]))
    const [first] = await untilWaiting(database, 1)
    await database.query(`select pg_terminate_backend(${first})`)
    const [second] = await untilWaiting(database, 1, first)
    await database.query(`select pg_terminate_backend(${second})`)
    await untilWaiting(database, 1, second)
    await release()
    await t.resolves(commit)
    t.equal((await store.read('vault_entry', [row.id]))[0]?.version, 2)
  })

  t.test('made, its answer lost, and the next connections too: that it was made', async (t) => {
    const row = rowOf()
    await store.put([insertOf(row)])
    const before = relay.connections
    relay.loseAnswer('COMMIT')
    relay.refuse(3)
    await t.resolves(store.commit(commitOf([updateOf({ ...row, version: 2 })])))
    t.equal(relay.connections, before + 4)
    t.equal((await store.read('vault_entry', [row.id]))[0]?.version, 2)
  })
}
