// What a database administrator gets from flipping a tenant's status, epoch or generation, from putting back an older
// state or another tenant's, from taking it away: nothing, and nothing is lost once it is as it was (FORMATS §6).
import t, { type Test } from 'tap'
import { actions, outcomes } from '../../../engine/worker/audit/actions.js'
import { administratorOf } from '../../support/administrator.js'
import { installationEvents, outcomesOf } from '../../support/installation-log.js'
import {
  type Answer,
  apiOf,
  readyTenant,
  readyUser,
  signInAdmin,
  tenantPassword,
} from '../../support/api.js'
import type { Query } from '../../support/database.js'
import { startEngine } from '../../support/engine.js'

const state = 'rppam.tenant_state'
const secret = 'hunter2-canary'

/** `public.<name>` as a copy of the state as it is now. */
const keep = (query: Query, name: string) =>
  query(`create table public.${name} as select * from ${state}`)

const putBack = (query: Query, name: string) =>
  query(`delete from ${state};
    insert into ${state} (id, access_epoch, sealed) select id, access_epoch, sealed from public.${name}`)

const flipped = (byte: string) =>
  `update ${state} set sealed = set_byte(sealed, ${byte}, get_byte(sealed, ${byte}) # 1)`

const alterations: Readonly<Record<string, string>> = {
  'the epoch raised': `update ${state} set access_epoch = access_epoch + 1`,
  'the epoch raised far': `update ${state} set access_epoch = 9007199254740993`,
  'the epoch lowered': `update ${state} set access_epoch = access_epoch - 1`,
  'no epoch to speak of': `update ${state} set access_epoch = -1`,
  'the header flipped': flipped('1'),
  'the status flipped': flipped('55'),
  'the generation flipped': flipped('90'),
  'the tag flipped': flipped('length(sealed) - 1'),
  'cut short': `update ${state} set sealed = substr(sealed, 1, 50)`,
  'as a new database has it': `update ${state} set access_epoch = 0, sealed = ''`,
  'taken away': `delete from ${state}`,
  'there twice': `alter table ${state} drop constraint if exists tenant_state_single;
    insert into ${state} (id, access_epoch, sealed) select 2, access_epoch, sealed from ${state}`,
  'there twice, once as it was before': `insert into ${state} (id, access_epoch, sealed)
    select 2, access_epoch, sealed from public.older`,
  'as it was before': `update ${state} s set (access_epoch, sealed) =
    (select access_epoch, sealed from public.older)`,
  'as it was before, at the present epoch': `update ${state} s set sealed =
    (select sealed from public.older)`,
}

const denies = (t: Test, answer: Answer, asked: string): void => {
  t.strictSame([answer.status, answer.body['code']], [500, 'integrity_failure'], asked)
  t.notMatch(answer.text, /hunter2-canary|accessToken/, asked)
}

t.test('an altered state', async (t) => {
  const engine = await startEngine(t)
  const call = apiOf(engine.url)
  const msp = await signInAdmin(engine)
  const acme = await readyTenant(engine, msp, 'acme')
  const contoso = await readyTenant(engine, msp, 'contoso')
  const [inAcme, inContoso, inControl] = ['tenant_acme', 'tenant_contoso', 'control'].map((name) =>
    administratorOf(engine, `rppam_${name}`),
  ) as [Query, Query, Query]
  const { token } = acme
  const body = { name: 'root', type: 'password', fields: { password: secret } }
  const { id } = (await call('POST', 'vault/entries', { token, body })).body
  const path = `vault/entries/${id}/secret`
  const login = { tenant: 'acme', username: acme.adminUsername, password: tenantPassword }
  const user = { username: 'x', displayName: 'x', email: 'x@acme.example', roles: ['pam_user'] }
  const asked: Readonly<Record<string, () => Promise<Answer>>> = {
    secret: () => call('GET', path, { token }),
    batch: () => call('POST', 'vault/secrets/read', { token, body: { ids: [id] } }),
    tenant: () => call('GET', 'tenant', { token }),
    users: () => call('GET', 'users', { token }),
    write: () => call('PUT', `vault/entries/${id}`, { token, body: { tags: ['new'] } }),
    user: () => call('POST', 'users', { token, body: user }),
  }
  const signIn = () => call('POST', 'auth/login', { body: login })
  const reads = async (t: Test, said: string): Promise<void> => {
    const answer = await call('GET', path, { token })
    t.strictSame([answer.status, answer.body['fields']?.['password']], [200, secret], said)
  }

  await keep(inAcme, 'older')
  await readyUser(engine, acme, 'mallory', ['pam_user'])
  await reads(t, 'a legitimate raise is read on')

  for (const [name, statement] of Object.entries(alterations))
    await t.test(name, async (t) => {
      await keep(inAcme, 'kept')
      await inAcme(statement)
      for (const [what, ask] of Object.entries(asked)) denies(t, await ask(), what)
      await putBack(inAcme, 'kept')
      await inAcme('drop table public.kept')
      await reads(t, 'as it was')
    })

  await t.test('nobody signs in', async (t) => {
    await keep(inAcme, 'kept')
    // Few: so many failures of one user are slowed down.
    for (const name of ['the status flipped', 'taken away', 'there twice', 'as it was before']) {
      await inAcme(alterations[name]!)
      denies(t, await signIn(), name)
      await putBack(inAcme, 'kept')
    }
    await inAcme('drop table public.kept')
    t.equal((await signIn()).status, 200, 'as it was')
  })

  await t.test("another tenant's, at whatever epoch", async (t) => {
    await keep(inAcme, 'kept')
    const [row] = await inContoso(`select encode(sealed, 'hex'), access_epoch from ${state}`)
    const [own] = await inAcme(`select access_epoch from ${state}`)
    for (const epoch of [row?.[1], own?.[0], Number(own?.[0]) + 1]) {
      await inAcme(`update ${state} set access_epoch = ${String(epoch)},
        sealed = decode('${String(row?.[0])}', 'hex')`)
      for (const [what, ask] of Object.entries(asked)) denies(t, await ask(), what)
    }
    await putBack(inAcme, 'kept')
    await reads(t, 'as it was')
    t.equal((await call('GET', 'tenant', { token: contoso.token })).status, 200)
  })

  await t.test('it is on record, in its own log', async (t) => {
    const events = await call('GET', 'audit/events?limit=1000', { token })
    const failures = (events.body as unknown as { outcome: string }[]).filter(
      ({ outcome }) => outcome === 'failure',
    )
    t.ok(failures.length >= Object.keys(alterations).length)
    t.match((await call('GET', 'audit/verify?deep=true', { token })).body, { ok: true })
  })

  await t.test('changes go on: the epoch is raised from where it was', async (t) => {
    await readyUser(engine, acme, 'eve', ['pam_user'])
    await reads(t, 'after it')
  })

  await t.test("the installation's own", async (t) => {
    await keep(inControl, 'kept')
    for (const name of ['the epoch raised', 'the status flipped', 'taken away']) {
      await inControl(alterations[name]!)
      denies(t, await call('GET', 'msp/tenants', { token: msp }), name)
      await putBack(inControl, 'kept')
      t.equal((await call('GET', 'msp/tenants', { token: msp })).status, 200)
    }
  })

  await t.test('found when the tenant is opened', async (t) => {
    await keep(inContoso, 'kept')
    await inContoso(alterations['the status flipped']!)
    await engine.stop()
    const again = await startEngine(t, {
      dataDir: engine.dataDir,
      env: { RPPAM_BOOTSTRAP_PASSWORD: engine.adminPassword },
    })
    const ask = () => apiOf(again.url)('GET', 'tenant', { token: contoso.token })
    denies(t, await ask(), 'cold')
    const recorded = outcomesOf(await installationEvents(again), contoso.id, actions.request)
    t.strictSame([...new Set(recorded)], [outcomes.failure], 'its own log cannot say so')
    await putBack(administratorOf(again, 'rppam_tenant_contoso'), 'kept')
    t.equal((await ask()).status, 200, 'as it was')
    await again.stop()
  })
})
