// What a database administrator gets from planting, flipping, copying and swapping rows: nothing (FORMATS §4).
import t from 'tap'
import { actions, outcomes } from '../../../engine/worker/audit/actions.js'
import { administratorOf } from '../../support/administrator.js'
import { installationEvents, outcomesOf } from '../../support/installation-log.js'
import {
  type Call,
  apiOf,
  readyTenant,
  readyUser,
  signInAdmin,
  tenantPassword,
} from '../../support/api.js'
import { startEngine } from '../../support/engine.js'

const columns = 'doc, secret, version'

const signIn = (call: Call, tenant: string, username: string, password = tenantPassword) =>
  call('POST', 'auth/login', { body: { tenant, username, password } })

t.test('planted rows deny', async (t) => {
  const engine = await startEngine(t)
  const call = apiOf(engine.url)
  const msp = await signInAdmin(engine)
  const acme = await readyTenant(engine, msp, 'acme')
  const contoso = await readyTenant(engine, msp, 'contoso')
  const mallory = await readyUser(engine, acme, 'mallory', ['pam_user'])
  const store = async (name: string, password: string): Promise<string> => {
    const body = { name, type: 'password', fields: { password } }
    return (await call('POST', 'vault/entries', { token: acme.token, body })).body['id']!
  }
  const [first, second] = [await store('first', 'one'), await store('second', 'two')]
  const spare: string[] = []
  for (let i = 0; i < 4; i++)
    spare.push((await signIn(call, 'acme', acme.adminUsername)).body['accessToken']!)
  /** Everything that is cached is forgotten with the epoch, which only the engine can raise. */
  const moveEpoch = async (): Promise<void> =>
    void t.equal((await call('POST', 'auth/logout', { token: spare.pop()! })).status, 204)
  const inAcme = administratorOf(engine, 'rppam_tenant_acme')
  const inContoso = administratorOf(engine, 'rppam_tenant_contoso')

  /** Keeps `table` aside, lets `work` change it, and brings it back. */
  const disturbed = async (query: typeof inAcme, table: string, work: () => Promise<void>) => {
    await query(`create table public.aside as select * from rppam.${table}`)
    await work()
    await query(`truncate rppam.${table}; insert into rppam.${table} select * from public.aside;
      drop table public.aside`)
  }
  const adminRow = `(select id from rppam.user_account where id <> '${mallory.id}')`

  await t.test("an administrator's document copied onto a user", (t) =>
    disturbed(inAcme, 'user_account', async () => {
      await inAcme(`update rppam.user_account u set (${columns}) = (select ${columns} from
        rppam.user_account a where a.id = ${adminRow}) where u.id = '${mallory.id}'`)
      await moveEpoch()
      const answer = await call('GET', 'users', { token: mallory.token })
      t.strictSame([answer.status, answer.body['code']], [500, 'integrity_failure'])
      t.equal((await signIn(call, 'acme', 'mallory')).status, 500)
    }),
  )
  t.equal((await call('GET', 'tenant', { token: mallory.token })).status, 200, 'mended')

  await t.test('an administrator planted from another tenant', (t) =>
    disturbed(inAcme, 'user_account', async () => {
      const rows = await inContoso(
        `select id, encode(doc, 'hex'), encode(secret, 'hex'), version from rppam.user_account`,
      )
      for (const [id, doc, secret, version] of rows)
        await inAcme(`insert into rppam.user_account (id, version, created_time, updated_time, state, doc, secret)
          values ('${id}', ${version}, 0, 0, 0, '\\x${doc}', '\\x${secret}');
          insert into rppam.row_index select '${id}', index_version, tbl, idx_name, is_unique,
            decode(md5(idx::text), 'hex') from rppam.row_index where row_id = '${mallory.id}'`)
      await moveEpoch()
      t.equal((await signIn(call, 'acme', contoso.adminUsername)).status, 401)
      const listed = await call('GET', 'users', { token: acme.token })
      t.equal(listed.status, 200)
      t.equal(listed.headers.get('x-unreadable-count'), String(rows.length))
      t.equal(listed.body.length, 2, 'the list goes on without it')
    }),
  )

  await t.test('a user declared deleted', (t) =>
    disturbed(inAcme, 'user_account', async () => {
      await inAcme(`update rppam.user_account set state = 1 where id = '${mallory.id}'`)
      await moveEpoch()
      const answer = await call('GET', 'tenant', { token: mallory.token })
      t.strictSame([answer.status, answer.body['code']], [500, 'integrity_failure'])
      t.equal((await signIn(call, 'acme', 'mallory')).status, 500)
    }),
  )

  await t.test('the index of one user led to another', async (t) => {
    const flip = `update rppam.row_index set row_id = case row_id when '${mallory.id}' then ${adminRow}
      else '${mallory.id}' end where row_id in (select id from rppam.user_account)`
    await inAcme(flip)
    t.equal((await signIn(call, 'acme', 'mallory')).status, 401)
    await inAcme(flip)
    t.equal((await signIn(call, 'acme', 'mallory')).status, 200)
  })

  await t.test("another tenant's permission rules", (t) =>
    disturbed(inAcme, 'permission_set', async () => {
      const [row] = await inContoso(`select encode(doc, 'hex') from rppam.permission_set`)
      await inAcme(`update rppam.permission_set set doc = '\\x${row?.[0]}'`)
      await moveEpoch()
      const answer = await call('GET', `vault/entries/${first}`, { token: acme.token })
      t.equal(answer.body['code'], 'integrity_failure')
    }),
  )

  await t.test('one secret moved to another entry', (t) =>
    disturbed(inAcme, 'vault_entry', async () => {
      await inAcme(`update rppam.vault_entry e set version = version + 1, secret =
        (select secret from rppam.vault_entry where id = '${second}') where id = '${first}'`)
      const answer = await call('GET', `vault/entries/${first}/secret`, { token: acme.token })
      t.strictSame([answer.status, answer.body['code']], [500, 'integrity_failure'])
    }),
  )

  await t.test('a deleted entry declared live again, and a live one deleted', (t) =>
    disturbed(inAcme, 'vault_entry', async () => {
      await call('DELETE', `vault/entries/${second}`, { token: acme.token })
      await inAcme(`update rppam.vault_entry set state = 1 - state`)
      for (const id of [first, second]) {
        const { status, body } = await call('GET', `vault/entries/${id}/secret`, {
          token: acme.token,
        })
        t.strictSame([status, body['code']], [500, 'integrity_failure'])
      }
    }),
  )

  await engine.stop()
  await t.test('wrapped keys and directory rows swapped, then a restart', async (t) => {
    const swapped = await startEngine(t, {
      dataDir: engine.dataDir,
      env: { RPPAM_BOOTSTRAP_PASSWORD: engine.adminPassword },
    })
    const again = apiOf(swapped.url)
    await administratorOf(
      swapped,
      'rppam_control',
    )(`update rppam.tenant_kek k set (doc, secret) =
      (select doc, secret from rppam.tenant_kek o where o.parent = case k.parent when '${acme.id}'
      then '${contoso.id}'::uuid else '${acme.id}'::uuid end) where parent in ('${acme.id}', '${contoso.id}')`)
    const withKeys = await again('GET', `vault/entries/${first}/secret`, { token: acme.token })
    t.strictSame([withKeys.status, withKeys.body['code']], [500, 'integrity_failure'])
    const recorded = outcomesOf(await installationEvents(swapped), acme.id, actions.request)
    t.strictSame([...new Set(recorded)], [outcomes.failure], 'its own log cannot say so')
    await administratorOf(
      swapped,
      'rppam_control',
    )(`update rppam.tenant k set (doc, secret) =
      (select doc, secret from rppam.tenant o where o.id = case k.id when '${acme.id}'
      then '${contoso.id}'::uuid else '${acme.id}'::uuid end)`)
    const routed = await again('GET', `vault/entries/${first}/secret`, { token: contoso.token })
    t.equal(routed.status, 500)
    t.equal((await signIn(again, 'contoso', contoso.adminUsername)).status, 500)
    await swapped.stop()
  })
})
