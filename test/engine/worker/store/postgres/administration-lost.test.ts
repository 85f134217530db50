// A server that cannot be reached answers `unavailable`, and one that comes back is administered again.
import t from 'tap'
import { tenantNamesOf } from '../../../../../engine/worker/store/postgres/administration.js'
import { freePort } from '../../../../support/engine.js'
import { administer, logIn, provision, runtimeOf, startAdministered } from './administered.js'

const unavailable = { name: 'StoreError', code: 'unavailable' }

t.test('nobody listens', async (t) => {
  const administration = administer(
    t,
    `postgres://rppam:secret@127.0.0.1:${await freePort()}/postgres`,
  )
  const names = tenantNamesOf('acme')
  await t.rejects(administration.openControl(), unavailable)
  await t.rejects(administration.migrateTenant(names), unavailable)
  await t.rejects(administration.dropTenant(names), unavailable)
})

t.test('its session is ended between two steps', async (t) => {
  const { administration, url } = await startAdministered(t)
  const superuser = logIn(t, url)
  await superuser`select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'rppam'`
  const names = await provision(administration, 'acme')
  const target = { ...administration.server(), ...runtimeOf(names) }
  t.ok((await administration.ping(target)) >= 0)
  await t.rejects(administration.ping({ ...target, password: 'wrong' }), unavailable)
  await administration.close()
  await t.rejects(administration.openControl(), { code: 'closed' })
})
