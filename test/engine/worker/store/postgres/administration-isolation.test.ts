// A tenant's runtime role, with all the SQL that somebody may get into its session, reaches nobody else's database and
// changes nothing but rows.
import t, { type Test } from 'tap'
import { controlDatabase } from '../../../../../engine/worker/store/postgres/administration.js'
import { logIn, provision, runtimeOf, sqlStateOf, startAdministered } from './administered.js'

const server = await startAdministered(t)
const acme = await provision(server.administration, 'acme')
const contoso = await provision(server.administration, 'contoso')
const sql = logIn(t, server.engineUrl, runtimeOf(acme))
const denied = '42501'

const refuses = async (t: Test, statements: readonly string[]): Promise<void> => {
  for (const statement of statements) t.equal(await sqlStateOf(sql, statement), denied, statement)
}

t.test('it works in its own database', async (t) => {
  t.equal(await sqlStateOf(sql, 'select count(*) from rppam.audit_block'), 'allowed')
  const [may] = await sql`select has_table_privilege('rppam.audit_block', 'INSERT') as insert`
  t.equal(may?.['insert'], true)
})

t.test('no other database lets it in', async (t) => {
  for (const database of [contoso.databaseName, controlDatabase, 'postgres', 'template1']) {
    const elsewhere = logIn(t, server.engineUrl, { ...runtimeOf(acme), database })
    t.equal(await sqlStateOf(elsewhere, 'select 1'), denied, database)
  }
})

t.test('audit is written once', (t) =>
  refuses(t, [
    'update rppam.audit_block set count = count',
    'delete from rppam.audit_block',
    'truncate rppam.audit_block',
    'alter table rppam.audit_block disable trigger all',
    'drop table rppam.audit_block',
    'create rule r as on insert to rppam.audit_block do instead nothing',
  ]),
)

t.test('it makes nothing', (t) =>
  refuses(t, [
    'create table rppam.mine (a int)',
    'create table public.mine (a int)',
    'create temporary table mine (a int)',
    'create view rppam.mine as select 1',
    'create schema mine',
    'create function rppam.f() returns int language sql as $$ select 1 $$',
    'create function public.f() returns int language sql as $$ select 1 $$',
    'create sequence rppam.mine',
    'create domain rppam.mine as int',
    'create extension pgcrypto schema rppam',
    'create publication mine',
    'create role mine',
    'create database mine',
  ]),
)

t.test('it becomes nobody else', (t) =>
  refuses(t, [
    `set role ${acme.ownerRole}`,
    `set role ${contoso.runtimeRole}`,
    'set role rppam',
    'set role rppam_msp',
    'set role postgres',
    'set session authorization postgres',
    `grant ${acme.ownerRole} to ${acme.runtimeRole}`,
    `grant pg_read_all_data to ${acme.runtimeRole}`,
    `alter role ${acme.runtimeRole} createdb`,
    `alter role ${acme.runtimeRole} createrole`,
    `alter role ${acme.runtimeRole} superuser`,
    `alter role ${acme.runtimeRole} connection limit -1`,
  ]),
)

t.test('it changes nothing for others', (t) =>
  refuses(t, [
    `alter role ${contoso.runtimeRole} set search_path to public`,
    `alter role ${contoso.runtimeRole} password 'mine'`,
    `alter role rppam set search_path to public`,
    'alter role all set search_path to public',
    `alter database ${acme.databaseName} set search_path to public`,
    `alter database ${contoso.databaseName} rename to mine`,
    `drop database ${contoso.databaseName}`,
    `alter default privileges for role ${acme.ownerRole} grant all on tables to public`,
    `select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user`,
    'alter system set fsync to off',
    'select pg_reload_conf()',
  ]),
)

t.test('it reads no verifiers and no files', (t) =>
  refuses(t, [
    'select rolpassword from pg_authid',
    'select passwd from pg_shadow',
    `select pg_read_file('PG_VERSION')`,
    `select lo_import('/etc/passwd')`,
    `copy (select 1) to program 'true'`,
    `copy (select 1) to '/tmp/mine'`,
  ]),
)

t.test('defaults that it gives itself stop neither it nor a migration', async (t) => {
  await sql.unsafe(`alter role current_user set search_path to public`)
  await sql.unsafe(`alter role current_user set default_transaction_read_only to on`)
  await server.administration.migrateTenant(acme)
  const { engineUrl, administration } = server
  await administration.createRoles(acme, runtimeOf(acme).password)
  const [row] = await logIn(t, engineUrl, runtimeOf(acme))`show default_transaction_read_only`
  t.strictSame(row, { default_transaction_read_only: 'off' }, 'gone with the next creation')
})
