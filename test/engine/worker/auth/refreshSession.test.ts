// POST auth/refresh: two at once both get the one successor; a reuse ends the session for its thief and its owner.
import t from 'tap'
import { parseToken } from '../../../../engine/task/opaque-token.js'
import { refreshGrace } from '../../../../engine/worker/identity/session.js'
import { tenantStatus } from '../../../../engine/worker/context/tenant-state.js'
import { TestTenant } from '../../../support/tenant-context.js'
import { callsOf } from '../request/pipeline-fixture.js'

const setUp = async () => {
  const tenant = await TestTenant.open()
  const alice = await tenant.signedIn()
  const calls = callsOf(tenant)
  const show = (refreshToken: string) => calls.open('refreshSession', { refreshToken })
  return { tenant, alice, calls, show }
}

t.test('the same token twice at once', async (t) => {
  const { alice, show } = await setUp()
  const [one, two] = await Promise.all([show(alice.refreshToken), show(alice.refreshToken)])
  t.same([one.status, two.status], [200, 200])
  t.equal(one.json['refreshToken'], two.json['refreshToken'], 'one successor, not two families')
  t.equal((await show(one.json['refreshToken']!)).status, 200)
})

t.test('reused: the family dies, at once and everywhere', async (t) => {
  const { tenant, alice, calls, show } = await setUp()
  t.equal((await calls.signedIn(alice.claims, 'getTenant')).status, 200)
  const next = await show(alice.refreshToken)
  tenant.clock.time += refreshGrace + 1
  t.match(await show(alice.refreshToken), { status: 401, json: { code: 'invalid_credentials' } })
  t.equal((await show(next.json['refreshToken']!)).status, 401, "its owner's is dead, too")
  t.equal((await calls.signedIn(alice.claims, 'getTenant')).status, 401, 'and the access token')
  t.same(tenant.asked.revoked, [alice.claims.sid])
  const outcomes = (await tenant.events())
    .filter(({ action }) => action === 'auth.refresh')
    .map(({ outcome }) => outcome)
  t.same(outcomes.slice(-2), ['denied', 'failure'], 'the reuse, and what came of it')
})

t.test('who shows what is told apart by nothing', async (t) => {
  const { tenant, alice, show } = await setUp()
  const other = await TestTenant.open()
  const stranger = await other.signedIn()
  const token = parseToken('rprt_', alice.refreshToken)!
  const answers = [await show(stranger.refreshToken), await show('rprt_nothing')]
  await tenant.store.put([{ op: 'delete', table: 'session', id: token.id }])
  answers.push(await show(alice.refreshToken))
  for (const { status, json, headers } of answers) {
    t.match({ status, json }, { status: 401, json: { code: 'invalid_credentials' } })
    t.same(headers, answers[0]!.headers)
  }
})

t.test('a suspended tenant refreshes nobody', async (t) => {
  const { tenant, alice, show } = await setUp()
  await tenant.changeState({ status: tenantStatus.suspended })
  t.equal((await show(alice.refreshToken)).status, 401, 'found by the commit itself')
  t.equal(tenant.asked.signed.length, 0)
})
