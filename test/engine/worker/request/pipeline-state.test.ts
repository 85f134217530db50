// A state that somebody has put there denies before anything leaves, is on record, and harms nothing once it is gone.
import t from 'tap'
import { tenantStatus } from '../../../../engine/worker/context/tenant-state.js'
import { noState, type StoredState } from '../../../../engine/worker/store/store.js'
import { flipped, TestTenant } from '../../../support/tenant-context.js'
import { callsOf } from './pipeline-fixture.js'

const setUp = async () => {
  const tenant = await TestTenant.open()
  const admin = await tenant.signedIn(['pam_admin'], 'alice')
  const entry = await tenant.addEntry()
  const calls = callsOf(tenant)
  const before = await tenant.store.state()
  await tenant.changeState()
  const present = await tenant.store.state()
  const ask = {
    read: () => calls.signedIn(admin.claims, 'readSecret', { path: { entryId: entry.id } }),
    state: () => calls.signedIn(admin.claims, 'getTenant'),
    write: () =>
      calls.signedIn(admin.claims, 'updateEntry', {
        path: { entryId: entry.id },
        body: { fields: { password: 'new' } },
      }),
    raise: () => calls.signedIn(admin.claims, 'putPermissions', { body: [] }),
    logout: () => calls.signedIn(admin.claims, 'logout'),
    login: () => calls.open('login', { tenant: 'acme', username: 'alice', password: 'secret' }),
    refresh: () => calls.open('refreshSession', { refreshToken: admin.refreshToken }),
  }
  t.equal((await ask.read()).status, 200)
  return { tenant, ask, before, present, other: await TestTenant.open() }
}

type Bench = Awaited<ReturnType<typeof setUp>>

const planted: Readonly<Record<string, (bench: Bench) => Promise<StoredState> | StoredState>> = {
  'no state': () => noState,
  'an older state': ({ before }) => before,
  'a flipped bit': ({ present }) => ({ ...present, sealed: flipped(present.sealed) }),
  'a higher epoch': ({ present }) => ({ ...present, accessEpoch: present.accessEpoch + 1 }),
  'a lower epoch': ({ present }) => ({ ...present, accessEpoch: 1 }),
  "another tenant's state": async ({ other }) => {
    for (let i = 0; i < 4; i++) await other.changeState()
    return other.store.state()
  },
}

for (const [name, plant] of Object.entries(planted))
  t.test(`${name} denies, whatever is asked`, async (t) => {
    const bench = await setUp()
    const { tenant, ask, present } = bench
    tenant.store.setState(await plant(bench))
    for (const [asked, call] of Object.entries(ask)) {
      if (asked === 'raise' || asked === 'logout') continue
      const answer = await call()
      t.match(answer, { status: 500, json: { code: 'integrity_failure' } }, asked)
      t.notMatch(answer.body, /hunter2|signed for/, asked)
    }
    for (const call of [ask.raise, ask.logout])
      t.match(await call(), { status: 500, json: { code: 'integrity_failure' } }, 'raises nothing')
    const last = (await tenant.events()).at(-1)
    t.match(last, { outcome: 'failure', detail: { code: 'integrity_failure' } }, 'on record')
    tenant.store.setState(present)
    t.equal((await ask.read()).status, 200, 'put back')
    t.equal((await ask.logout()).status, 204)
  })

t.test('planted between the decision and its event', async (t) => {
  const { tenant, ask, before, present } = await setUp()
  tenant.store.beforeNext('append', () => tenant.store.setState(before))
  const answer = await ask.read()
  t.equal(answer.status, 500)
  t.notMatch(answer.body, /hunter2/)
  tenant.store.setState(present)
  t.equal((await ask.read()).status, 200)
})

t.test('a suspended tenant whose older, active state is put back stays out', async (t) => {
  const { tenant, ask, present } = await setUp()
  await tenant.changeState({ status: tenantStatus.suspended })
  await tenant.observe()
  t.equal((await ask.read()).status, 403)
  tenant.store.setState(present)
  t.equal((await ask.read()).status, 500)
})
