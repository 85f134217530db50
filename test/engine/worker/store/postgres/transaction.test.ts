// What is written in a transaction is never written outside of one, and what two stores do never mixes.
import t from 'tap'
import { systemClock } from '../../../../../engine/clock.js'
import { newId } from '../../../../../engine/ids.js'
import { ConnectionBudget } from '../../../../../engine/worker/store/postgres/budget.js'
import { noState } from '../../../../../engine/worker/store/store.js'
import { prepareCommit } from '../../../../../engine/worker/store/postgres/commit.js'
import { Session } from '../../../../../engine/worker/store/postgres/session.js'
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
import { createDatabase, openTestStore, sessionOptions } from '../../../../support/database.js'
import { sharedServer } from '../../../../support/shared.js'

t.test('on a server', async (t) => {
  const server = await sharedServer(t)
  const first = await createDatabase(server.url, 'first')
  const second = await createDatabase(server.url, 'second')

  t.test('no statement of a transaction has an effect of its own', async (t) => {
    const store = openTestStore(first.runtime)
    const row = rowOf()
    const entry = entryOf()
    await store.put([insertOf(row, [entry])])
    const before = await store.state()
    const changes = [
      insertOf(rowOf(), [entryOf()]),
      updateOf({ ...row, version: 2 }, [entryOf()]),
      { op: 'ensure', table: 'vault_entry', row: rowOf() } as const,
      { op: 'delete', table: 'vault_entry', id: row.id } as const,
    ]
    const fields = { outbox: [outboxOf()], guard: raiseOf(before) }
    const session = await Session.open(sessionOptions(first.runtime))
    const { steps } = prepareCommit(commitOf(changes, fields))
    t.ok(steps.length >= 7)
    for (const step of steps) await session.query(step).catch(() => undefined)
    await session.close()
    t.same(await store.state(), before)
    t.same(await store.find('vault_entry', [entry]), [row])
    t.equal(await store.count('vault_entry', null), 1)
    t.same(await store.auditPage(null, 10), [])
    t.same(await store.outboxPending(10), [])
    t.same(await first.query('select count(*)::int from rppam.row_index'), [[1]])
    await store.close()
  })

  t.test('two stores that share one place keep to their databases', async (t) => {
    const budget = new ConnectionBudget(1, systemClock, { turnMs: 0 })
    const stores = [first, second].map(({ runtime }) => openTestStore(runtime, { budget }))
    const rows = stores.map(() => Array.from({ length: 6 }, () => rowOf({ parent: newId() })))
    const work = stores.flatMap((store, i) =>
      rows[i]!.flatMap((row) => [
        store.commit(commitOf([insertOf(row, [], 'session')])),
        store.append(chainOf(1, 2), [row.id]),
        store.read('session', [row.id]),
      ]),
    )
    await Promise.all(work)
    for (const [i, store] of stores.entries()) {
      const mine = await store.list('session', { state: null, offset: 0, limit: 99, secret: true })
      t.same(new Set(mine.map(({ id }) => id)), new Set(rows[i]!.map(({ id }) => id)))
      t.equal((await store.auditChains()).length, 18 - 6)
    }
    t.ok(budget.used <= 1)
    for (const store of stores) await store.close()
    t.equal(budget.used, 0, 'closed stores hold no place')
  })

  t.test('of two nodes that raise one state, one commits: no epoch has two records', async (t) => {
    const stores = [1, 2].map(() => openTestStore(second.runtime))
    for (let round = 0; round < 20; round++) {
      const before = await stores[0]!.state()
      const guards = stores.map(() => raiseOf(before))
      const all = await Promise.allSettled(
        stores.map((store, i) => store.commit(commitOf([], { guard: guards[i]! }))),
      )
      const won = all.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []))
      t.equal(won.length, 1)
      t.match(all[1 - won[0]!], { reason: { code: 'epoch' } })
      const after = { accessEpoch: before.accessEpoch + 1, sealed: guards[won[0]!]!.raised }
      t.same(await stores[1]!.state(), after)
    }
    for (const store of stores) await store.close()
  })

  t.test('a state that is missing, or there twice, is none', async (t) => {
    const store = openTestStore(first.runtime)
    const here = await store.commit(commitOf([], { guard: raiseOf(await store.state()) }))
    await first.query('alter table rppam.tenant_state drop constraint tenant_state_single')
    await first.query(
      'insert into rppam.tenant_state select access_epoch, 2, sealed from rppam.tenant_state',
    )
    const answers = async () => [
      await store.state(),
      await store.commit(commitOf([])),
      await store.append(chainOf(1, 1), []),
    ]
    for (const answer of await answers()) t.match(answer, noState)
    const guards = [{ expected: here, raised: null }, raiseOf(here)]
    const refused = async () => {
      for (const guard of guards)
        await t.rejects(store.commit(commitOf([], { guard })), { code: 'epoch' })
    }
    await refused()
    await first.query(`update rppam.tenant_state set sealed = 'other' where id = 2`)
    await refused()
    await first.query('delete from rppam.tenant_state')
    for (const answer of await answers()) t.match(answer, noState)
    await refused()
    await store.close()
  })

  t.test('a quiet tenant has one connection, a busy one two', async (t) => {
    const budget = new ConnectionBudget(9, systemClock)
    const store = openTestStore(first.runtime, { budget })
    t.equal(budget.used, 0, 'connects when it is first used')
    for (let i = 0; i < 3; i++) {
      await store.append(chainOf(1, 1), [])
      await store.read('vault_entry', [newId()])
    }
    t.equal(budget.used, 1)
    await Promise.all(Array.from({ length: 20 }, () => store.read('vault_entry', [newId()])))
    await Promise.all(
      Array.from({ length: 20 }, () =>
        Promise.all([store.append(chainOf(1, 1), []), store.auditPage(null, 1)]),
      ),
    )
    t.equal(budget.used, 2)
    await store.close()
  })

  t.test('a table, id or number that is none never reaches the server', async (t) => {
    const store = openTestStore(first.runtime)
    await t.rejects(store.read('pg_authid' as 'session', [newId()]), RangeError)
    await t.rejects(store.read('session', [`${newId()},${newId()}`]), RangeError)
    await t.rejects(store.read('session', ['}']), RangeError)
    await t.rejects(store.put([insertOf(rowOf({ version: 1.5 }))]), RangeError)
    await t.rejects(
      store.put([{ op: 'delete', table: 'toString' as 'session', id: newId() }]),
      RangeError,
    )
    await store.close()
  })
})
