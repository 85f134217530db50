// Where requests go, with what, and what the gateway answers when nobody else does.
import t from 'tap'
import { ApiError } from '../../../engine/errors.js'
import { type TenantId, installationId, newId } from '../../../engine/ids.js'
import { formatClaimCode } from '../../../engine/task/claim-code.js'
import { formatToken } from '../../../engine/task/opaque-token.js'
import { type Worker, gatewayWith, tokenOf } from './gateway-fixture.js'

const acme = newId() as TenantId
const contoso = newId() as TenantId

t.test('the tenant comes from the token and from nowhere else', async (t) => {
  const { ask, tenants } = gatewayWith()
  const token = await tokenOf({ aud: 'tenant', tid: acme })
  const id = newId()
  await ask('POST', '/api/v1/users', { token, body: `{"tenant":"${contoso}"}` })
  await ask('GET', `/api/v1/users/${id}?tenant=${contoso}`, { token })
  t.match(tenants.items, [
    { operation: 'createUser', tenant: acme, claims: { tid: acme } },
    {
      operation: 'getUser',
      tenant: acme,
      path: { userId: id },
      fault: { code: 'validation_failed' },
    },
  ])
})

t.test('management tokens go to the management plane, whatever they ask', async (t) => {
  const { ask, tenants, management } = gatewayWith()
  const token = await tokenOf({ aud: 'msp', tid: installationId })
  await ask('GET', '/api/v1/msp/tenants?page=2', { token })
  await ask('GET', '/api/v1/users', { token })
  await ask('GET', '/api/v1/admin/nothing', { token })
  t.match(management.items, [
    { operation: 'listTenants', query: { page: 2 }, fault: null },
    { operation: '', fault: { code: 'forbidden' }, path: {}, query: {} },
    { operation: '', fault: { code: 'not_found' } },
  ])
  t.equal(tenants.items.length, 0)
})

t.test('tokens for one purpose only are let in nowhere else', async (t) => {
  const { ask, tenants } = gatewayWith()
  for (const aud of ['mfa', 'breakglass'] as const) {
    const token = await tokenOf({ aud, tid: acme })
    for (const path of ['tenant', 'vault/entries', 'nothing', 'msp/tenants'])
      await ask('GET', `/api/v1/${path}`, { token })
    await ask('GET', '/metrics', { token })
    await ask('POST', '/api/v1/auth/logout', { token })
  }
  t.equal(tenants.items.length, 12)
  for (const item of tenants.items) t.match(item, { operation: '', fault: { code: 'forbidden' } })
})

t.test('revoked is 401, before anything reaches a worker', async (t) => {
  const { ask, tenants, revocations } = gatewayWith()
  const sid = newId()
  const token = await tokenOf({ aud: 'tenant', tid: acme, sid })
  await ask('GET', '/api/v1/tenant', { token })
  revocations.revokeSession(acme, sid)
  t.match(await ask('GET', '/api/v1/tenant', { token }), {
    status: 401,
    headers: { 'www-authenticate': 'Bearer' },
  })
  t.equal(tenants.items.length, 1)
})

t.test('bad tokens, however many: 401', async (t) => {
  const { ask } = gatewayWith()
  for (let i = 0; i < 50; i++)
    t.equal((await ask('GET', '/api/v1/tenant', { token: 'a.b.c' })).status, 401)
})

/** Twenty at once, written like good ones. */
const forgeries = async ({ ask }: ReturnType<typeof gatewayWith>) => {
  const [header, payload] = (await tokenOf({ aud: 'tenant', tid: acme })).split('.')
  return Array.from({ length: 20 }, (_, n) => {
    const signature = `${String(n).padStart(85, 'A')}A`
    return ask('GET', '/api/v1/tenant', { token: `${header}.${payload}.${signature}` })
  })
}

t.test('more forgeries at once than may wait: 429', async (t) => {
  const answers = await Promise.all(await forgeries(gatewayWith()))
  t.match(answers[0], { status: 401, headers: { 'www-authenticate': 'Bearer' } })
  t.match(answers.at(-1), { status: 429, headers: { 'retry-after': '1' } })
})

t.test('a token just handed out passes among forgeries from the same address', async (t) => {
  const token = await tokenOf({ aud: 'tenant', tid: acme })
  const body = Buffer.from(JSON.stringify({ accessToken: token }))
  const gateway = gatewayWith((_item, answer) => answer({ status: 200, headers: {}, body }))
  gateway.codes.set('acme', acme)
  const login = JSON.stringify({ tenant: 'acme', username: 'alice', password: 'x' })
  t.equal((await gateway.ask('POST', '/api/v1/auth/login', { body: login })).status, 200)
  const flood = await forgeries(gateway)
  t.equal((await gateway.ask('GET', '/api/v1/tenant', { token })).status, 200)
  t.equal((await flood.at(-1))?.status, 429)
})

t.test('a shard that takes no more: 503, and what a dead one leaves: 500', async (t) => {
  const token = await tokenOf({ aud: 'tenant', tid: acme })
  const full = gatewayWith()
  full.tenants.isFull = true
  t.match(await full.ask('GET', '/api/v1/tenant', { token }), {
    status: 503,
    json: { code: 'overloaded' },
  })
  const dead = gatewayWith((_item, answer) => answer({ status: 0, headers: {}, body: null }))
  t.match(await dead.ask('GET', '/api/v1/tenant', { token }), {
    status: 500,
    json: { code: 'internal_error' },
  })
})

t.test('headers that matter go along, a body only where the contract has one', async (t) => {
  const { ask, tenants } = gatewayWith()
  const token = await tokenOf({ aud: 'tenant', tid: acme })
  const headers = { ifMatch: '"1"', prefer: 'wait=3', accept: 'text/csv' }
  await ask('PUT', `/api/v1/vault/entries/${newId()}`, { token, headers, body: '{}' })
  await ask('GET', '/api/v1/tenant', { token, body: '{"x":1}' })
  t.match(tenants.items[0], { headers, body: Buffer.from('{}'), clientAddress: '192.0.2.1' })
  t.equal(tenants.items[1]?.body, null)
})

t.test('HEAD is for what the front shows', async (t) => {
  const { ask, tenants } = gatewayWith()
  t.equal((await ask('HEAD', '/system/health/ping')).status, 200)
  t.match(await ask('HEAD', '/api/v1/tenant'), { status: 405, headers: { allow: 'GET' } })
  t.same(tenants.items, [])
})

t.test('a method that the path does not have: 405, whoever asks', async (t) => {
  const { ask, tenants } = gatewayWith()
  const token = await tokenOf({ aud: 'tenant', tid: acme })
  for (const [method, target, allow] of [
    ['PATCH', '/api/v1/vault/entries', 'GET, POST'],
    ['POST', `/api/v1/vault/entries/${newId()}`, 'DELETE, GET, PUT'],
    ['GET', '/api/v1/auth/login', 'POST'],
    ['OPTIONS', '/system/health/ping', 'GET, HEAD'],
  ] as const)
    for (const asking of [{}, { token }]) {
      const answer = await ask(method, target, asking)
      t.match(answer, { status: 405, headers: { allow }, json: { code: 'method_not_allowed' } })
    }
  t.same(tenants.items, [])
  t.equal(
    (await ask('PATCH', '/api/v1/nothing')).status,
    401,
    'where nothing is there is no method',
  )
})

t.test('metrics are shown to whom a worker lets in', async (t) => {
  const { ask, faults, tenants, management } = gatewayWith()
  t.equal((await ask('GET', '/metrics')).status, 401)
  const tenant = await tokenOf({ aud: 'tenant', tid: acme })
  await ask('GET', '/metrics', { token: tenant })
  t.match(tenants.items, [{ operation: '', attempted: 'getMetrics', fault: { code: 'forbidden' } }])
  const msp = await tokenOf({ aud: 'msp', tid: installationId })
  await ask('HEAD', '/metrics', { token: msp })
  t.match(management.items.splice(0), [{ operation: 'getMetrics' }], 'HEAD as GET')
  const failed = await ask('GET', '/metrics', { token: msp })
  t.match(management.items, [{ operation: 'getMetrics', fault: null }])
  t.equal(failed.status, 500)
  t.notMatch(failed.text, /no worker/)
  t.match(faults, [{ message: 'no worker' }], 'a fault is told to nobody but us')
  const refusing = gatewayWith((_item, answer) => answer({ status: 401, headers: {}, body: null }))
  t.equal((await refusing.ask('GET', '/metrics', { token: msp })).status, 401)
})

t.test('where nothing is: 404, and who shows a token is known first', async (t) => {
  const { ask, tenants, management } = gatewayWith()
  const tenant = await tokenOf({ aud: 'tenant', tid: acme })
  const msp = await tokenOf({ aud: 'msp', tid: installationId })
  for (const path of ['/nothing', '/api/v1/auth/nothing']) {
    t.equal((await ask('GET', path)).status, 404)
    t.equal((await ask('GET', path, { token: 'garbage' })).status, 401)
    await ask('GET', path, { token: tenant })
    await ask('GET', path, { token: msp })
  }
  for (const { items } of [tenants, management]) {
    t.equal(items.length, 2)
    for (const item of items) t.match(item, { operation: '', fault: { code: 'not_found' } })
  }
})

const login = (tenant?: string, username = 'alice'): { body: string } => ({
  body: JSON.stringify({ tenant, username, password: 'x' }),
})

t.test('sign-in goes where its hint leads, without claims', async (t) => {
  const { ask, tenants, management, any, codes } = gatewayWith()
  codes.set('acme', acme)
  await ask('POST', '/api/v1/auth/login', login('acme'))
  await ask('POST', '/api/v1/auth/login', login())
  await ask('POST', '/api/v1/auth/login', login('nowhere'))
  t.match(tenants.items, [{ operation: 'login', tenant: acme, claims: null }])
  t.match(management.items, [{ tenant: installationId, claims: null }])
  t.match(any.items, [{ tenant: null, claims: null }])
  const refreshToken = formatToken('rprt_', {
    tenant: contoso,
    id: newId(),
    secret: Buffer.alloc(32),
  })
  await ask('POST', '/api/v1/auth/refresh', { body: JSON.stringify({ refreshToken }) })
  t.match(tenants.items[1], { operation: 'refreshSession', tenant: contoso })
})

t.test('whatever is not let in is held to the floor of time', async (t) => {
  let status = 400
  const worker: Worker = (_item, answer) => answer({ status, headers: {}, body: null })
  const { ask, held, state, tenants, any, codes } = gatewayWith(worker, 2_500)
  codes.set('acme', acme)
  const heldAnswer = async (expected: number, name: string): Promise<void> => {
    const asked = ask('POST', '/api/v1/auth/login', login(name, `user of ${expected}`))
    await new Promise(setImmediate)
    t.equal(held.length, 1, `${expected}`)
    held.pop()!.answer()
    t.equal((await asked).status, expected)
  }
  for (const refused of [400, 401, 500, 503])
    for (const name of ['acme', 'nowhere']) {
      status = refused
      await heldAnswer(refused, name)
    }
  tenants.isFull = true
  any.isFull = true
  for (const name of ['acme', 'nowhere']) await heldAnswer(503, name)
  state.resolving = new Error('away')
  for (const name of ['acme', 'nowhere']) await heldAnswer(503, name)
})

t.test('429 is held to the floor too', async (t) => {
  const worker: Worker = (_item, answer) => answer({ status: 401, headers: {}, body: null })
  const { ask, held } = gatewayWith(worker, 2_500)
  const told: number[] = []
  for (let i = 0; i < 4; i++) {
    const asked = ask('POST', '/api/v1/auth/login', login('nowhere'))
    await new Promise(setImmediate)
    t.equal(held.length, 1)
    held.pop()!.answer()
    told.push((await asked).status)
  }
  t.strictSame(told, [401, 401, 401, 429])
})

t.test('a place is held until the answer leaves; who finds none is 503', async (t) => {
  const worker: Worker = (_item, answer) => answer({ status: 401, headers: {}, body: null })
  const { ask, held, any } = gatewayWith(worker, 2_500)
  const asked = Array.from({ length: 9 }, (_, i) =>
    ask('POST', '/api/v1/auth/login', login('nowhere', `user ${i}`)),
  )
  await new Promise(setImmediate)
  t.equal(any.items.length, 4, 'four at a time')
  t.equal(held.length, 5, 'and one that may not even wait')
  while (held.length > 0) {
    held.shift()!.answer()
    await new Promise(setImmediate)
  }
  const statuses = (await Promise.all(asked)).map(({ status }) => status)
  t.strictSame([statuses.filter((s) => s === 401).length, statuses.at(-1)], [8, 503])
})

t.test(
  'a network that is known to the tenant is asked for when it is held up, and spared',
  async (t) => {
    let status = 401
    const worker: Worker = (_item, answer) => answer({ status, headers: {}, body: null })
    const { ask, known, codes } = gatewayWith(worker)
    codes.set('acme', acme)
    const path = '/api/v1/auth/login'
    for (let i = 0; i < 100; i++) await ask('POST', path, login('nowhere', `user ${i}`))
    t.equal(
      (await ask('POST', path, login('acme'))).status,
      429,
      'its address has failed too often',
    )
    status = 200
    await ask('POST', path, login('contoso'))
    known.add('{"code":"contoso"} 192.0.2.0/24')
    t.equal((await ask('POST', path, login('contoso'))).status, 429, 'told a moment ago')
    known.add('{"code":"fabrikam"} 192.0.2.0/24')
    t.equal((await ask('POST', path, login('fabrikam'))).status, 200)
    t.equal((await ask('POST', path, login('northwind'))).status, 429)
  },
)

t.test('guesses at a claim: five a name, whether it exists or not', async (t) => {
  const worker: Worker = (_item, answer) => answer({ status: 401, headers: {}, body: null })
  const { ask, codes } = gatewayWith(worker)
  codes.set('acme', acme)
  const claim = formatClaimCode(Buffer.alloc(20, 1))
  const guess = (tenant: string, code = claim) =>
    ask('POST', '/api/v1/auth/setup', {
      body: JSON.stringify({ tenant, claim: code, password: 'x' }),
    })
  for (const name of ['acme', 'nowhere']) {
    for (let i = 0; i < 20; i++) t.equal((await guess(name, 'no claim')).status, 401, 'no guess')
    for (let i = 0; i < 5; i++) t.equal((await guess(name)).status, 401)
    t.match(await guess(name.toUpperCase()), {
      status: 429,
      headers: { 'ratelimit-limit': '5', 'retry-after': '3600' },
    })
  }
})

t.test('a refused sign-in is held to the floor of time, wherever it was refused', async (t) => {
  let status = 401
  let took = 1
  const worker: Worker = (_item, answer) => {
    clock.seconds += took
    answer({ status, headers: {}, body: null })
  }
  const { ask, codes, held, clock } = gatewayWith(worker, 2_500)
  codes.set('acme', acme)
  const attempts = [
    () => ask('POST', '/api/v1/auth/login', login('acme')),
    () => ask('POST', '/api/v1/auth/login', login('nowhere')),
    () => ask('POST', '/api/v1/auth/setup', { body: '{"tenant":"acme","claim":"x"}' }),
  ]
  for (const attempt of attempts) {
    const asked = attempt()
    await new Promise(setImmediate)
    const { answer, ms } = held.pop()!
    t.equal(ms, 1_500)
    answer()
    t.equal((await asked).status, 401)
  }
  took = 6
  const slow = attempts[0]!()
  await new Promise(setImmediate)
  t.equal(held[0]?.ms, 1_500, 'what took longer: until the next whole multiple')
  held.pop()!.answer()
  await slow
  status = 200
  t.equal((await ask('POST', '/api/v1/auth/login', login('acme'))).status, 200)
  t.equal(held.length, 0, 'who is let in does not wait')
})

t.test('who has not signed in has little to say', async (t) => {
  const { ask, any } = gatewayWith()
  const body = JSON.stringify({ tenant: 'nowhere', username: 'a', password: 'x'.repeat(16_384) })
  t.match(await ask('POST', '/api/v1/auth/login', { body }), {
    status: 413,
    json: { code: 'payload_too_large' },
  })
  t.equal(any.items.length, 0)
})

t.test('a token changes nothing about it', async (t) => {
  const { ask, any } = gatewayWith()
  const token = await tokenOf({ aud: 'tenant', tid: acme })
  await ask('POST', '/api/v1/auth/login', { ...login('nowhere'), token })
  await ask('POST', '/api/v1/auth/login', { ...login('nowhere'), token: 'garbage' })
  t.match(any.items, [{ claims: null }, { claims: null }])
})

t.test('415, 413 and 400 of sign-in cost no attempt', async (t) => {
  const { ask, any } = gatewayWith((_item, answer) =>
    answer({ status: 400, headers: {}, body: Buffer.from('{}') }),
  )
  const path = '/api/v1/auth/login'
  for (let i = 0; i < 5; i++) {
    t.equal((await ask('POST', path, { ...login('x'), contentType: 'text/plain' })).status, 415)
    t.equal((await ask('POST', path, { ...login('x'), tooLarge: true })).status, 413)
    t.equal((await ask('POST', path, login('x'))).status, 400)
  }
  t.equal(any.items.length, 5)
})

t.test('failed sign-ins: 429 after three of a user, before any look-up', async (t) => {
  const { ask, any, state } = gatewayWith((_item, answer) =>
    answer({ status: 401, headers: { 'www-authenticate': 'Bearer' }, body: Buffer.from('{}') }),
  )
  const path = '/api/v1/auth/login'
  for (let i = 0; i < 3; i++)
    t.match(await ask('POST', path, login('x')), {
      status: 401,
      headers: { 'ratelimit-limit': '3', 'www-authenticate': 'Bearer' },
    })
  state.resolving = new Error('must not be asked')
  t.equal((await ask('POST', path, login('x'))).status, 429)
  t.equal(any.items.length, 3)
})

t.test('nobody can say where a code leads: 503, and the attempt is given back', async (t) => {
  const { ask, state, faults } = gatewayWith()
  const path = '/api/v1/auth/login'
  state.resolving = new Error('connect ECONNREFUSED 10.0.0.1')
  for (let i = 0; i < 5; i++) {
    const answer = await ask('POST', path, login('x'))
    t.match(answer, { status: 503, json: { code: 'control_unavailable' } })
    t.notMatch(answer.text, /ECONN/)
  }
  t.equal(faults.length, 5)
  state.resolving = new ApiError('shutting_down')
  t.match(await ask('POST', path, login('x')), { json: { code: 'shutting_down' } })
  t.equal(faults.length, 5)
})

t.test('counted by operation, what is unknown as one', async (t) => {
  const { ask, counted } = gatewayWith()
  await ask('GET', '/system/health/ping')
  await ask('GET', `/${newId()}`)
  await ask('GET', '/api/v1/tenant')
  t.same(counted, ['ping 200', 'none 404', 'getTenant 401'])
})
