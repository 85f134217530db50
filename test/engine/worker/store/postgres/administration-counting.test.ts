// The MSP's counting role sees how many audit events there were and when, and nothing else.
import { randomBytes, randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import {
  controlDatabase,
  countingRole,
  type TenantNames,
} from '../../../../../engine/worker/store/postgres/administration.js'
import {
  administer,
  countingPassword,
  logIn,
  provision,
  runtimeOf,
  sqlStateOf,
  startAdministered,
} from './administered.js'

const hour = 3_600_000
const day = 24 * hour
const start = Date.UTC(2026, 0, 5)
const denied = '42501'

const server = await startAdministered(t)
const { administration, engineUrl } = server
const acme = await provision(administration, 'acme')
const place = { ...administration.server(), database: acme.databaseName }

const login = { user: countingRole, password: countingPassword }
const counting = logIn(t, engineUrl, { ...login, database: acme.databaseName })

const counted = async (from: number, to: number, bucket: 'hour' | 'day' = 'hour') => {
  const { buckets, refused } = await administration.auditCounts(place, from, to, bucket)
  t.equal(refused, 0)
  return buckets
}

const insertEvents = async (
  t: Test,
  names: TenantNames,
  times: readonly number[],
): Promise<void> => {
  const sql = logIn(t, engineUrl, runtimeOf(names))
  for (const [i, time] of times.entries())
    await sql`
      insert into rppam.audit_block (chain, first_seq, count, secret_reads, epoch, first_time,
        last_time, filter, content_hash, sealed, mac)
      values (${randomUUID()}, ${i + 1}, 1, 0, 1, ${time}, ${time}, ${randomBytes(8)},
        ${randomBytes(32)}, ${randomBytes(64)}, ${randomBytes(32)})`
}

t.test('counts by hour and by day', async (t) => {
  t.strictSame(await counted(start, start + day), [])
  const times = [0, 1, hour - 1, hour, 26 * hour, 27 * hour].map((offset) => start + offset)
  await insertEvents(t, acme, times)
  t.strictSame(await counted(start, start + 2 * day), [
    { bucketStart: start, count: 3, first: start, last: start + hour - 1 },
    { bucketStart: start + hour, count: 1, first: start + hour, last: start + hour },
    { bucketStart: start + 26 * hour, count: 1, first: start + 26 * hour, last: start + 26 * hour },
    { bucketStart: start + 27 * hour, count: 1, first: start + 27 * hour, last: start + 27 * hour },
  ])
  t.strictSame(await counted(start, start + 2 * day, 'day'), [
    { bucketStart: start, count: 4, first: start, last: start + hour },
    { bucketStart: start + day, count: 2, first: start + 26 * hour, last: start + 27 * hour },
  ])
})

t.test('bounds are those of hours', async (t) => {
  t.strictSame(await counted(start + 5, start + hour), [
    { bucketStart: start, count: 3, first: start, last: start + hour - 1 },
  ])
})

t.test('it reads the one view', async (t) => {
  t.equal(await sqlStateOf(counting, 'select * from rppam.audit_count'), 'allowed')
  const tables = await logIn(t, server.url, { database: acme.databaseName })`
    select relname from pg_class
    where relnamespace = 'rppam'::regnamespace and relkind in ('r', 'v') and relname <> 'audit_count'`
  t.ok(tables.length > 5)
  for (const { relname } of tables as unknown as { relname: string }[])
    t.equal(await sqlStateOf(counting, `select from rppam.${relname}`), denied, relname)
})

t.test('it changes and makes nothing', async (t) => {
  for (const statement of [
    'create or replace view rppam.audit_count as select 1',
    'drop view rppam.audit_count',
    'create function rppam.f() returns int language sql as $$ select 1 $$',
    'create table public.mine (a int)',
    'create temporary table mine (a int)',
    'create schema mine',
    'delete from rppam.audit_block',
    `set role ${acme.runtimeRole}`,
    `set role ${acme.ownerRole}`,
    'set role rppam',
    'select rolpassword from pg_authid',
  ])
    t.equal(await sqlStateOf(counting, statement), denied, statement)
})

t.test('it enters databases of tenants only', async (t) => {
  for (const database of [controlDatabase, 'postgres', 'template1'])
    t.equal(await sqlStateOf(logIn(t, engineUrl, { ...login, database }), 'select 1'), denied)
})

t.test('it is a member of nothing, and has no attribute but its login', async (t) => {
  const [role] = await logIn(t, server.url)`
    select rolinherit, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
      (select count(*)::int from pg_auth_members where member = r.oid) as memberships
    from pg_roles r where rolname = ${countingRole}`
  t.strictSame(role, {
    rolinherit: false,
    rolsuper: false,
    rolcreaterole: false,
    rolcreatedb: false,
    rolreplication: false,
    rolbypassrls: false,
    memberships: 0,
  })
})

t.test('nobody else ever reads the view', async (t) => {
  const asOwner = { ...runtimeOf(acme), ...place }
  const { buckets } = await administration.auditCounts(asOwner, start, start + hour, 'hour')
  t.equal(buckets.length, 1)
  const without = administer(t, engineUrl)
  await t.rejects(without.auditCounts(asOwner, start, start + hour, 'hour'), {
    code: 'unavailable',
  })
})
