// The runtime role can do its work and nothing else; the counting role sees counts and nothing else (FORMATS §7).
import t from 'tap'
import { runtimeGrants } from '../../../../../engine/worker/store/postgres/schema.js'
import {
  chainOf,
  commitOf,
  entryOf,
  insertOf,
  outboxOf,
  raiseOf,
  rowOf,
  keyOf,
  updateOf,
} from '../../../../suites/store-rows.js'
import {
  createDatabase,
  openTestStore,
  queryAs,
  type Query,
  type TestDatabase,
} from '../../../../support/database.js'
import { sharedServer } from '../../../../support/shared.js'

const denied = { code: '42501' }

const workOf = async (database: TestDatabase): Promise<void> => {
  const store = openTestStore(database.runtime)
  const row = rowOf()
  const fields = { outbox: [outboxOf()], guard: raiseOf(await store.state()) }
  const expected = await store.commit(commitOf([insertOf(row, [entryOf()])], fields))
  await store.commit(
    commitOf([updateOf({ ...row, version: 2 }, [entryOf()])], {
      guard: { expected, raised: null },
    }),
  )
  await store.put([{ op: 'delete', table: 'vault_entry', id: row.id }])
  await store.append(
    chainOf(1, 3).map((block, i) => ({
      ...block,
      firstTime: 7_200_000 + i,
      lastTime: 7_200_000 + i,
    })),
    [row.id],
  )
  await store.putKeys([keyOf()])
  await store.keys()
  await store.outboxDone((await store.outboxPending(9)).map(({ id }) => id))
  await store.close()
}

t.test('roles of a tenant', async (t) => {
  const server = await sharedServer(t)
  const database = await createDatabase(server.url, 'granted')
  const other = await createDatabase(server.url, 'stranger')
  const [runtime, counting] = [queryAs(database.runtime), queryAs(database.counting)]
  const refuses = async (query: Query, statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await t.rejects(query(statement), denied, statement)
  }

  await t.resolves(workOf(database), 'the runtime role can do all that a store does')

  await refuses(runtime, [
    'update rppam.audit_block set count = 0',
    'delete from rppam.audit_block',
    'truncate rppam.audit_block',
    `update rppam.wrapped_key set layers = 2`,
    'delete from rppam.wrapped_key',
    'delete from rppam.tenant_state',
    'update rppam.tenant_state set id = 2',
    `insert into rppam.tenant_state (id, access_epoch, sealed) values (2, 0, '')`,
    'update rppam.outbox set time = 0',
    'truncate rppam.session',
    'select * from rppam.audit_count',
    `insert into rppam.schema_migration values (99, '', '', 0)`,
    'delete from rppam.schema_migration',
    'create table rppam.mine (id integer)',
    'create table public.mine (id integer)',
    'create temporary table mine (id integer)',
    'create schema mine',
    `create function rppam.mine() returns integer language sql as 'select 1'`,
    'alter table rppam.session add column mine integer',
    'create trigger mine before insert on rppam.session execute function suppress_redundant_updates_trigger()',
    'set role granted_owner',
    'select * from pg_authid',
  ])
  await refuses(counting, [
    'select * from rppam.audit_block',
    'select count(*) from rppam.session',
    'select * from rppam.tenant_state',
    'select * from rppam.schema_migration',
    'create temporary table mine (id integer)',
    'create view rppam.mine as select 1',
  ])
  await t.rejects(queryAs({ ...database.runtime, database: 'stranger' })('select 1'), denied)
  await t.rejects(queryAs({ ...other.counting, database: 'granted' })('select 1'), denied)

  const counts = await counting('select * from rppam.audit_count order by bucket_start')
  t.same(counts[0], ['7200000', '3', '7200000', '7200002'])
  t.equal(counts.length, 2)
})

t.test('grants given twice are the same, and take away what else there was', async (t) => {
  const database = await createDatabase((await sharedServer(t)).url, 'again')
  await database.query('grant all on rppam.audit_block to again_runtime')
  await database.query(runtimeGrants('again_runtime'))
  await t.rejects(queryAs(database.runtime)('delete from rppam.audit_block'), denied)
  t.throws(() => runtimeGrants('a"; drop'), RangeError)
})
