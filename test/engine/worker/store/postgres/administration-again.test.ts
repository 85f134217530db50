// Every step may run again: after it succeeded, and after an engine was killed in the middle of it.
import t from 'tap'
import {
  controlDatabase,
  tenantNamesOf,
  type TenantNames,
} from '../../../../../engine/worker/store/postgres/administration.js'
import {
  administer,
  countingPassword,
  logIn,
  passwordOf,
  provision,
  runtimeOf,
  sqlStateOf,
  startAdministered,
  works,
} from './administered.js'

const server = await startAdministered(t)
const { administration, engineUrl } = server
const superuser = logIn(t, server.url)
const engine = logIn(t, engineUrl)

const isClosed = async ({ databaseName }: TenantNames): Promise<boolean> => {
  const rows = await superuser`
    select from pg_database d, aclexplode(coalesce(datacl, acldefault('d', datdba))) a
    where datname = ${databaseName} and grantee = 0`
  return rows.length === 0
}

const namesLeft = async ({
  databaseName,
  ownerRole,
  runtimeRole,
}: TenantNames): Promise<number> => {
  const rows = await superuser`
    select datname from pg_database where datname = ${databaseName} union all
    select rolname from pg_roles where rolname in (${ownerRole}, ${runtimeRole})`
  return rows.length
}

t.test('the control database', async (t) => {
  const again = await administration.openControl()
  t.equal(again.created, false)
  t.equal(again.target.database, controlDatabase)
  const [row] = await superuser`
    select pg_get_userbyid(datdba) as owner from pg_database where datname = ${controlDatabase}`
  t.equal(row?.['owner'], 'rppam')
})

t.test('the control database by two engines at once, from a half-made one', async (t) => {
  await engine.unsafe(`drop database ${controlDatabase}`)
  await engine.unsafe(`create database ${controlDatabase} allow_connections false`)
  const others = [administer(t, engineUrl), administer(t, engineUrl)]
  const opened = await Promise.all(others.map((other) => other.openControl()))
  t.strictSame(
    opened.map(({ created }) => created),
    [false, false],
  )
  t.equal(
    await sqlStateOf(logIn(t, engineUrl, { database: controlDatabase }), 'select 1'),
    'allowed',
  )
})

t.test('every step of a tenant, twice', async (t) => {
  const names = await provision(administration, 'twice')
  await administration.ensureCountingRole(countingPassword)
  await provision(administration, 'twice')
  t.ok(await works(t, engineUrl, names))
})

t.test('roles that were made and nothing else', async (t) => {
  const names = tenantNamesOf('bare-roles')
  await engine.unsafe(`create role ${names.ownerRole}`)
  await engine.unsafe(`create role ${names.runtimeRole}`)
  await provision(administration, 'bare-roles')
  t.ok(await works(t, engineUrl, names))
})

t.test('a database without grants, shut or open', async (t) => {
  for (const [code, allowed] of [
    ['half-shut', 'false'],
    ['half-open', 'true'],
  ] as const) {
    const names = tenantNamesOf(code)
    const { databaseName, ownerRole } = names
    await administration.createRoles(names, passwordOf(names))
    await engine.unsafe(
      `create database ${databaseName} owner ${ownerRole} template template0 encoding 'UTF8'
         allow_connections ${allowed}`,
    )
    await administration.createDatabase(names)
    t.ok(await isClosed(names))
    await administration.migrateTenant(names)
    t.ok(await works(t, engineUrl, names), code)
  }
})

t.test('a migration that never came to its grants', async (t) => {
  const names = await provision(administration, 'ungranted')
  const asOwner = logIn(t, server.url, { database: names.databaseName })
  await asOwner.unsafe(`revoke all on all tables in schema rppam from ${names.runtimeRole}`)
  await administration.migrateTenant(names)
  t.ok(await works(t, engineUrl, names))
})

t.test('a new password replaces the old one', async (t) => {
  const names = await provision(administration, 'password')
  await administration.createRoles(names, 'another one')
  const login = { ...runtimeOf(names), password: 'another one' }
  t.equal(await sqlStateOf(logIn(t, engineUrl, runtimeOf(names)), 'select 1'), '28P01')
  t.equal(await sqlStateOf(logIn(t, engineUrl, login), 'select 1'), 'allowed')
})

t.test('dropping: with sessions open, again, and from halves', async (t) => {
  const names = await provision(administration, 'gone')
  await logIn(t, engineUrl, runtimeOf(names))`select 1`
  await administration.dropTenant(names)
  t.equal(await namesLeft(names), 0)
  await administration.dropTenant(names)
  await administration.createRoles(names, passwordOf(names))
  await administration.dropTenant(names)
  await administration.createRoles(names, passwordOf(names))
  await administration.createDatabase(names)
  await superuser.unsafe(
    `update pg_database set datconnlimit = -2 where datname = '${names.databaseName}'`,
  )
  await administration.createDatabase(names)
  await superuser.unsafe(
    `update pg_database set datconnlimit = -2 where datname = '${names.databaseName}'`,
  )
  await administration.dropTenant(names)
  t.equal(await namesLeft(names), 0)
  t.ok(await works(t, engineUrl, await provision(administration, 'gone')), 'and made anew')
})
