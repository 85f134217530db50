// Before anybody signed in: a hint that leads nowhere is answered like a wrong password, and never tells why.
import t from 'tap'
import { ApiError, type ErrorCode } from '../../../../engine/errors.js'
import { newId } from '../../../../engine/ids.js'
import { formatToken } from '../../../../engine/task/opaque-token.js'
import { tenantStatus } from '../../../../engine/worker/context/tenant-state.js'
import { TestTenant } from '../../../support/tenant-context.js'
import { ask, itemOf, pipelineOf } from './pipeline-fixture.js'

const body = { tenant: 'acme', username: 'alice', password: 'secret' }

const setUp = async () => {
  const tenant = await TestTenant.open()
  await tenant.signedIn(['pam_user'], 'alice')
  const login = (more: object = {}, refused: ErrorCode | null = null) => {
    const withTenant = async (): Promise<never> => {
      throw new ApiError(refused ?? 'not_found')
    }
    const pipeline = pipelineOf(tenant, refused ? { withTenant } : {})
    return ask(pipeline, itemOf('login', null, tenant.tenant, { body: { ...body, ...more } }))
  }
  return { tenant, login }
}

t.test('the right password', async (t) => {
  const { tenant, login } = await setUp()
  t.equal((await login({ username: 'ALICE' })).status, 200)
  t.match((await tenant.events()).at(-1), { action: 'auth.login', outcome: 'success' })
})

t.test('unknown tenant, suspended one, unknown user, wrong password: one answer', async (t) => {
  const { tenant, login } = await setUp()
  const answers = [
    await login({}, 'not_found'),
    await login({}, 'tenant_suspended'),
    await login({ username: 'bob' }),
    await login({ username: 'not a username' }),
    await login({ password: 'wrong' }),
  ]
  await tenant.changeState({ status: tenantStatus.suspended })
  await tenant.observe()
  answers.push(await login())
  const shown = answers.map(({ status, headers, json }) => ({
    status,
    headers,
    json: { ...json, requestId: '' },
  }))
  t.match(shown[0], { status: 401, json: { code: 'invalid_credentials' } })
  for (const one of shown) t.same(one, shown[0])
  t.equal(tenant.asked.verified.length, answers.length, 'and one verification each')
})

t.test('nobody named: the handler is asked without a tenant', async (t) => {
  const { tenant } = await setUp()
  t.equal((await ask(pipelineOf(tenant), itemOf('login', null, null, { body }))).status, 401)
})

t.test('overloaded is overloaded', async (t) => {
  const { login } = await setUp()
  t.match(await login({}, 'overloaded'), { status: 503, json: { code: 'overloaded' } })
})

t.test('an authenticated operation without a token is 401, whatever the front did', async (t) => {
  const { tenant } = await setUp()
  t.equal((await ask(pipelineOf(tenant), itemOf('listUsers', null, tenant.tenant))).status, 401)
})

t.test('a refused refresh and a refused set-up are on record', async (t) => {
  const { tenant } = await setUp()
  const token = (prefix: 'rprt_' | 'rpst_') =>
    formatToken(prefix, { tenant: tenant.tenant, id: newId(), secret: Buffer.alloc(32) })
  const tries = [
    ['refreshSession', { refreshToken: token('rprt_') }, 'auth.refresh'],
    ['setUpAccount', { token: token('rpst_'), password: 'a password of mine' }, 'setup_token.use'],
  ] as const
  const attempt = async () => {
    for (const [operation, body, action] of tries) {
      const item = itemOf(operation, null, tenant.tenant, { body })
      t.equal((await ask(pipelineOf(tenant), item)).status, 401, operation)
      t.match((await tenant.events()).at(-1), { action, outcome: 'failure' }, operation)
    }
  }
  await attempt()
  const before = (await tenant.events()).length
  await tenant.changeState({ status: tenantStatus.suspended })
  await tenant.observe()
  await attempt()
  t.equal((await tenant.events()).length, before + tries.length, 'of a suspended tenant too')
})
