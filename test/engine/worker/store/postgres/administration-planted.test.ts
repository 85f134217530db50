// What others made under a tenant's names is refused, neither adopted nor dropped; and what they gave to its roles is
// found.
import t from 'tap'
import { tenantNamesOf } from '../../../../../engine/worker/store/postgres/administration.js'
import { logIn, passwordOf, provision, startAdministered } from './administered.js'

const refusal = { code: 'provisioning_refused' }
const server = await startAdministered(t)
const { administration } = server
const superuser = logIn(t, server.url)

t.test('a role of somebody else', async (t) => {
  const names = tenantNamesOf('foreign-role')
  await superuser.unsafe(`create role ${names.runtimeRole} login password 'mine'`)
  await t.rejects(administration.createRoles(names, passwordOf(names)), refusal)
})

t.test('a role that is a member of another one', async (t) => {
  const names = tenantNamesOf('member')
  await administration.createRoles(names, passwordOf(names))
  await superuser.unsafe(`grant pg_read_all_data to ${names.runtimeRole}`)
  await t.rejects(administration.createRoles(names, passwordOf(names)), refusal)
})

t.test('a role that may make databases', async (t) => {
  const names = tenantNamesOf('maker')
  await administration.createRoles(names, passwordOf(names))
  await superuser.unsafe(`alter role ${names.ownerRole} createdb`)
  await t.rejects(administration.createRoles(names, passwordOf(names)), refusal)
})

t.test('a database of somebody else', async (t) => {
  const names = tenantNamesOf('foreign-db')
  await superuser.unsafe(`create database ${names.databaseName}`)
  await superuser.unsafe(`revoke connect on database ${names.databaseName} from public`)
  await administration.createRoles(names, passwordOf(names))
  await t.rejects(administration.createDatabase(names), refusal)
  await t.rejects(administration.dropTenant(names), refusal)
  const [row] =
    await superuser`select 1 as there from pg_database where datname = ${names.databaseName}`
  t.equal(row?.['there'], 1, 'it is still there')
})

t.test('somebody else who may connect', async (t) => {
  const names = await provision(administration, 'visited')
  await superuser`create role visitor`
  await superuser.unsafe(`grant connect on database ${names.databaseName} to visitor`)
  await t.rejects(administration.createDatabase(names), refusal)
})

const rights = `
  select relname as name, relacl::text as acl from pg_class where relnamespace = 'rppam'::regnamespace
  union all select nspname, nspacl::text from pg_namespace where nspname in ('public', 'rppam')
  union all select attrelid::regclass || '.' || attname, attacl::text from pg_attribute
    where attacl is not null and attrelid::regclass::text like 'rppam.%'
  order by 1`

t.test('rights that no migration gave are taken back', async (t) => {
  const names = await provision(administration, 'generous')
  const inside = logIn(t, server.url, { database: names.databaseName })
  const before = [...(await inside.unsafe(rights))]
  for (const [right, role] of [
    ['create on schema rppam', names.runtimeRole],
    ['create on schema public', 'public'],
    ['create on schema rppam', 'public'],
    ['update on rppam.audit_block', names.runtimeRole],
    ['truncate on rppam.setting', names.runtimeRole],
    ['select on rppam.setting', 'rppam_msp'],
    ['select (chain) on rppam.audit_block', 'rppam_msp'],
  ] as const) {
    await inside.unsafe(`grant ${right} to ${role}`)
    await administration.migrateTenant(names)
    t.strictSame([...(await inside.unsafe(rights))], before, `${right} to ${role}`)
  }
})

t.test('rights that cannot be taken back are refused', async (t) => {
  const names = await provision(administration, 'open')
  const inside = logIn(t, server.url, { database: names.databaseName })
  for (const [right, role] of [
    ['delete on rppam.audit_block', 'public'],
    ['trigger on rppam.vault_entry', 'public'],
    ['select on rppam.setting', 'public'],
    ['temporary on database rppam_tenant_open', names.runtimeRole],
    ['create on database rppam_tenant_open', 'rppam_msp'],
  ] as const) {
    await inside.unsafe(`grant ${right} to ${role}`)
    await t.rejects(administration.migrateTenant(names), refusal, `${right} to ${role}`)
    await inside.unsafe(`revoke ${right} from ${role}`)
  }
  await inside.unsafe(`alter table rppam.setting owner to ${names.runtimeRole}`)
  await t.rejects(administration.migrateTenant(names), refusal, 'an object of its own')
})
