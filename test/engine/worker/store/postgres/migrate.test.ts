// Migrations run once, whoever tries, and never against a history that is not ours.
import t from 'tap'
import { migrate } from '../../../../../engine/worker/store/postgres/migrate.js'
import type { tenantMigrations } from '../../../../../engine/worker/store/postgres/schema.js'
import { Session } from '../../../../../engine/worker/store/postgres/session.js'
import { targetFromUrl } from '../../../../../engine/worker/store/postgres/target.js'
import { queryAs, sessionOptions } from '../../../../support/database.js'
import { sharedServer } from '../../../../support/shared.js'

const [one, two, three] = [1, 2, 3].map((version) => ({
  version,
  name: `migration ${version}`,
  sql: `create table thing_${version} (id integer); insert into thing_${version} values (${version})`,
})) as [Migration, Migration, Migration]
type Migration = (typeof tenantMigrations)[number]

t.test('on a server', async (t) => {
  const server = targetFromUrl((await sharedServer(t)).url)
  let made = 0
  const fresh = async () => {
    const database = `migrated_${++made}`
    await queryAs(server)(`create database ${database}`)
    const target = { ...server, database }
    const sessions = await Promise.all([1, 2].map(() => Session.open(sessionOptions(target))))
    t.teardown(() => Promise.all(sessions.map((session) => session.close())))
    return { sessions: sessions as [Session, Session], query: queryAs(target) }
  }
  const history = 'select version, name, applied_time::int from rppam.schema_migration order by 1'
  const clock = { now: () => 77 }

  t.test('what is missing runs, in order, once', async (t) => {
    const { sessions, query } = await fresh()
    const [session] = sessions
    t.same(await migrate(session, [one], { clock }), { version: 1, count: 1 })
    t.same(await migrate(session, [one, two, three], { clock }), { version: 3, count: 2 })
    t.same(await migrate(session, [one, two, three], { clock }), { version: 3, count: 0 })
    t.same(
      await query(history),
      [one, two, three].map(({ version, name }) => [version, name, 77]),
    )
    t.same(await query('select * from rppam.thing_3'), [[3]])
  })

  t.test('two at once: each migration runs once', async (t) => {
    const { sessions, query } = await fresh()
    const all = [one, two, three]
    const done = await Promise.all(sessions.map((session) => migrate(session, all)))
    t.equal(
      done.reduce((sum, { count }) => sum + count, 0),
      3,
    )
    t.same(await query('select count(*)::int from rppam.thing_1'), [[1]])
  })

  t.test(
    'one that fails leaves nothing; those before it stay; the session is usable',
    async (t) => {
      const { sessions, query } = await fresh()
      const [session] = sessions
      const broken = { ...two, sql: `${two.sql}; select 1 / 0` }
      await t.rejects(migrate(session, [one, broken]), { code: '22012' })
      t.same(
        await query(
          `select to_regclass('rppam.thing_1') is null, to_regclass('rppam.thing_2') is null`,
        ),
        [[false, true]],
      )
      t.same(await migrate(session, [one, two]), { version: 2, count: 1 })
    },
  )

  t.test('a newer database and another history are refused', async (t) => {
    const { sessions, query } = await fresh()
    const [session] = sessions
    await migrate(session, [one, two])
    await t.rejects(migrate(session, [one]), { name: 'MigrationRefused', reason: 'newer' })
    const edited = { ...one, sql: `${one.sql};` }
    const all = [edited, two, three]
    await t.rejects(migrate(session, all), { name: 'MigrationRefused', reason: 'changed' })
    t.same(await query(`select to_regclass('rppam.thing_3')`), [[null]])
    await t.rejects(migrate(session, [two]), RangeError)
  })

  t.test('layout does not count', async (t) => {
    const { sessions } = await fresh()
    await migrate(sessions[0], [one])
    const moved = { ...one, sql: `\n  ${one.sql.replace(' ', '\n    ')}\n` }
    t.same(await migrate(sessions[0], [moved]), { version: 1, count: 0 })
  })
})
