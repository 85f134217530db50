// An insert that somebody has a trigger swallow is no audit: nothing is answered as written, and no change is kept.
import t from 'tap'
import { newId } from '../../../../../engine/ids.js'
import { blockOf, commitOf, insertOf, raiseOf, rowOf } from '../../../../suites/store-rows.js'
import { createDatabase, openTestStore } from '../../../../support/database.js'
import { sharedServer } from '../../../../support/shared.js'

t.test('blocks that are swallowed', async (t) => {
  const server = await sharedServer(t)
  const database = await createDatabase(server.url, 'swallowing')
  const store = openTestStore(database.runtime)
  t.teardown(() => store.close())
  await store.append([blockOf()], [])
  await database.query(`create function rppam.swallow() returns trigger language plpgsql
    as 'begin return null; end'`)
  await database.query(`create trigger swallow before insert on rppam.audit_block
    for each row execute function rppam.swallow()`)
  const refused = { name: 'StoreError', code: 'unavailable' }
  await t.rejects(store.append([blockOf()], []), refused)
  t.same((await store.append([], [])).versions, new Map(), 'of nothing, nothing is missing')
  const state = await store.state()
  const rows = [rowOf(), rowOf(), rowOf()]
  await t.rejects(store.commit(commitOf([insertOf(rows[0]!)])), refused)
  const guard = { expected: state, raised: null }
  await t.rejects(store.commit(commitOf([insertOf(rows[1]!)], { guard })), refused)
  await t.rejects(store.commit(commitOf([insertOf(rows[2]!)], { guard: raiseOf(state) })), refused)
  const items = [rowOf(), rowOf()].map((row) => ({ changes: [insertOf(row)], outbox: [] }))
  const group = { items, expected: null, served: [], audit: () => [blockOf({ chain: newId() })] }
  await t.rejects(store.commitGroup(group), refused)
  t.equal(await store.count('vault_entry', null), 0)
  t.same(await store.state(), state)
})
