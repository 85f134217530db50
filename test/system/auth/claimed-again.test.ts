// A claimed tenant cannot be claimed again, also by who puts back what its database held before; and an epoch that
// cannot be counted on denies.
import t from 'tap'
import { administratorOf } from '../../support/administrator.js'
import { apiOf, provision, readyTenant, signInAdmin, tenantPassword } from '../../support/api.js'
import { startEngine } from '../../support/engine.js'
import { until } from '../../support/until.js'

t.test('put back by the database administrator', async (t) => {
  const engine = await startEngine(t)
  const call = apiOf(engine.url)
  const msp = await signInAdmin(engine)
  const acme = await provision(engine, msp, 'acme')
  const inAcme = administratorOf(engine, 'rppam_tenant_acme')
  const tables = ['user_account', 'setup_token']
  for (const table of tables)
    await inAcme(`create table public.${table} as select * from rppam.${table}`)
  const claim = (setup: string) =>
    call('POST', 'auth/setup', { body: { token: setup, password: tenantPassword } })
  const reissue = () => call('POST', `msp/tenants/${acme.id}/setup-token`, { token: msp })
  const second = (await reissue()).body['setupToken']!
  const inControl = administratorOf(engine, 'rppam_control')
  await inControl('create table public.tenant as select * from rppam.tenant')
  // Waits in the outbox for ever, if whatever is in it had to be understood.
  for (const data of ['null', 'no json', '[]'])
    await inAcme(`insert into rppam.outbox (id, type, time, data)
      values (gen_random_uuid(), 'setup.used', 0, '${data}')`)
  // Raises the epoch: whatever was cached is forgotten.
  t.equal((await claim(second)).status, 200)
  const putBack = async () => {
    for (const table of tables)
      await inAcme(
        `truncate rppam.${table}; insert into rppam.${table} select * from public.${table}`,
      )
  }
  await putBack()
  t.equal((await claim(acme.setupToken)).status, 401, 'the token that was replaced')
  t.equal((await claim(second)).status, 401, 'the used token')
  const anew = await reissue()
  t.strictSame([anew.status, anew.body['code']], [409, 'invalid_transition'])

  const isEmpty = async () => (await inAcme('select id from rppam.outbox')).length === 0
  t.ok(await until(isEmpty), 'nothing is held up, and the directory was told')

  await t.test('with the directory put back too: the log still knows', async (t) => {
    await inControl('truncate rppam.tenant; insert into rppam.tenant select * from public.tenant')
    await putBack()
    t.equal((await claim(second)).status, 401)
    const third = (await reissue()).body['setupToken']!
    t.match(third, /^rpst_/)
    t.equal((await claim(third)).status, 401, 'it claims nothing')
  })

  await t.test('an epoch that is no number to count with', async (t) => {
    const contoso = await readyTenant(engine, msp, 'contoso')
    await administratorOf(
      engine,
      'rppam_tenant_contoso',
    )('update rppam.tenant_state set access_epoch = 9007199254740993')
    for (const path of ['users', 'tenant', 'vault/entries'])
      t.equal((await call('GET', path, { token: contoso.token })).status, 500, path)
  })
  await engine.stop()
})
