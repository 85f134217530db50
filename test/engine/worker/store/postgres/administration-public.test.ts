// No tenant is made on a server where everybody may enter a database that the engine cannot close.
import t from 'tap'
import { tenantNamesOf } from '../../../../../engine/worker/store/postgres/administration.js'
import {
  administer,
  logIn,
  passwordOf,
  provision,
  runtimeOf,
  sqlStateOf,
  startAdministered,
} from './administered.js'

const refusal = { code: 'provisioning_refused' }

const server = await startAdministered(t)
const { administration } = server
const superuser = logIn(t, server.url)
const acme = await provision(administration, 'acme')

t.test('a database of somebody else that PUBLIC may enter', async (t) => {
  await superuser`create database crm`
  await t.rejects(administration.refusePublicConnect(), { ...refusal, detail: /\(crm\)/ })
  const names = tenantNamesOf('contoso')
  await t.rejects(administration.createRoles(names, passwordOf(names)), refusal)
  const made = await superuser`select from pg_roles where rolname = ${names.runtimeRole}`
  t.equal(made.length, 0, 'no role was made')
})

t.test('it is fit again once it was closed', async (t) => {
  await superuser`revoke connect on database crm from public`
  await administration.refusePublicConnect()
  t.ok(await provision(administration, 'contoso'))
})

t.test('a database of our own is closed', async (t) => {
  await logIn(t, server.engineUrl)`create database ours`
  const elsewhere = { ...runtimeOf(acme), database: 'ours' }
  t.equal(await sqlStateOf(logIn(t, server.url, elsewhere), 'select 1'), 'allowed', 'open before')
  await administration.refusePublicConnect()
  t.equal(await sqlStateOf(logIn(t, server.url, elsewhere), 'select 1'), '42501', 'closed after')
})

t.test("a tenant's database that somebody opened is closed", async (t) => {
  await superuser.unsafe(`grant connect on database ${acme.databaseName} to public`)
  await administration.refusePublicConnect()
  const contoso = { ...runtimeOf(tenantNamesOf('contoso')), database: acme.databaseName }
  t.equal(await sqlStateOf(logIn(t, server.url, contoso), 'select 1'), '42501')
})

t.test('a database whose name is none of ours is never named in a statement', async (t) => {
  await logIn(t, server.engineUrl)`create database "our ""other"" one"`
  await t.rejects(administration.refusePublicConnect(), refusal)
  await superuser`drop database "our ""other"" one"`
})

t.test('a superuser closes everything', async (t) => {
  await superuser`grant connect on database crm to public`
  await administer(t, server.url).refusePublicConnect()
  await administration.refusePublicConnect()
})
