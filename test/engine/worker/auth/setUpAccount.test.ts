// POST auth/setup: a set-up is used once, whoever comes at the same moment, and what is used is gone for all.
import { createHash, randomBytes } from 'node:crypto'
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { formatClaimCode } from '../../../../engine/task/claim-code.js'
import { issueClaim, issueToken } from '../../../../engine/worker/identity/setup-token.js'
import { insertUser, readUser } from '../../../../engine/worker/identity/user.js'
import { tenantStatus } from '../../../../engine/worker/context/tenant-state.js'
import { TestTenant, userOf } from '../../../support/tenant-context.js'
import { callsOf } from '../request/pipeline-fixture.js'

const password = 'a long enough password'

const setUp = async () => {
  const tenant = await TestTenant.open()
  const { keys, store, clock } = tenant
  const active = userOf(['pam_admin'], 'alice', clock.now())
  const access = { ...active.access, status: 'invited', generation: 0, verifier: null } as const
  const issue = () => issueToken(keys, tenant.tenant, active.id, clock.now())
  const issued = issue()
  await store.put([insertUser(keys, { ...active, access }), issued.change])
  const calls = callsOf(tenant)
  const use = (token: string, chosen = password) =>
    calls.open('setUpAccount', { token, password: chosen })
  const user = () => readUser(tenant.context, active.id)
  return { tenant, id: active.id, issued, issue, calls, use, user }
}

t.test('signs in, raises the generation, tells the provider', async (t) => {
  const { tenant, issued, use, user } = await setUp()
  const answer = await use(issued.token)
  t.match(answer, { status: 200, json: { tokenType: 'Bearer', expiresIn: 600 } })
  t.match(await user(), {
    access: { status: 'active', generation: 1, verifier: `1:hash of ${password}` },
  })
  t.match(tenant.asked.outbox, [{ type: 'setup.used', data: { setup: issued.id } }])
  t.notOk(JSON.stringify(tenant.asked.outbox).includes('alice'), 'no names')
})

t.test('two at once: one wins', async (t) => {
  const { issued, use, user } = await setUp()
  const answers = await Promise.all([use(issued.token, 'first password'), use(issued.token)])
  t.same(answers.map(({ status }) => status).sort(), [200, 401])
  const won = answers[0]!.status === 200 ? 'first password' : password
  t.equal((await user())?.access.verifier, `1:hash of ${won}`)
  t.equal((await user())?.access.generation, 1)
})

t.test('never again', async (t) => {
  const { tenant, issued, use, user } = await setUp()
  await use(issued.token)
  t.match(await use(issued.token, 'another password'), {
    status: 401,
    json: { code: 'invalid_credentials' },
  })
  t.equal((await user())?.access.verifier, `1:hash of ${password}`)
  t.match((await tenant.events()).at(-1), { action: 'setup_token.use', outcome: 'failure' })
})

t.test('one set-up uses up all of its user', async (t) => {
  const { tenant, issued, issue, use } = await setUp()
  const second = issue()
  await tenant.store.put([second.change])
  await use(second.token)
  t.equal((await use(issued.token)).status, 401)
})

t.test('moved to another user before its use, to survive it: refused, and on record', async (t) => {
  const { tenant, issued, use, user } = await setUp()
  tenant.store.tamper('setup_token', issued.id, (row) => ({ ...row, parent: newId() }))
  t.match(await use(issued.token), { status: 500, json: { code: 'integrity_failure' } })
  t.equal((await user())?.access.status, 'invited')
  t.match((await tenant.events()).at(-1), {
    action: 'request',
    outcome: 'failure',
    detail: { code: 'integrity_failure', operation: 'setUpAccount' },
  })
})

t.test('a disabled user, a suspended tenant', async (t) => {
  const { tenant, issued, use } = await setUp()
  await tenant.changeState({ status: tenantStatus.suspended })
  await tenant.observe()
  t.equal((await use(issued.token)).status, 401)
})

t.test("another tenant's token", async (t) => {
  const { use } = await setUp()
  const other = await setUp()
  t.equal((await use(other.issued.token)).status, 401)
})

t.test("the customer's code claims, once", async (t) => {
  const { tenant, id, calls, user } = await setUp()
  const code = formatClaimCode(randomBytes(20))
  const hash = createHash('sha256').update(code).digest('hex')
  await tenant.store.put([issueClaim(tenant.keys, newId(), id, hash, tenant.clock.now()).change])
  const claim = (text: string) =>
    calls.open('setUpAccount', { tenant: 'acme', claim: text, password })
  t.equal((await claim(formatClaimCode(randomBytes(20)))).status, 401)
  t.equal((await claim(code)).status, 200)
  t.equal((await user())?.access.status, 'active')
  t.equal((await claim(code)).status, 401)
})

t.test('the answer never waits for the provider to hear of it', async (t) => {
  const { tenant, issued, use } = await setUp()
  const { broker } = tenant.services
  const taken = broker.takeOutbox
  Object.assign(broker, { takeOutbox: () => Promise.reject(new Error('away')) })
  t.equal((await use(issued.token)).status, 200)
  Object.assign(broker, { takeOutbox: taken })
  t.ok(tenant.context.outboxWaits, 'the next tick delivers it')
  await tenant.context.tick()
  t.equal(tenant.asked.outbox.length, 1)
})
