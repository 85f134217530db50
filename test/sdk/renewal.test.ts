// Promise: tokens are renewed before they end, once for all who wait, by refresh token first and then by credentials.
import t from 'tap'
import { RpPamError, SessionEndedError, TenantClient } from '../../sdk/src/index.js'
import { rejection, tenantGround } from './support/clients.js'
import { TestClock, callTimeout } from './support/clock.js'
import { contractServer, problem, signedIn } from './support/server.js'

const login = 'POST /api/v1/auth/login'
const refresh = 'POST /api/v1/auth/refresh'
const get = 'GET /api/v1/tenant'

const routes = {
  [refresh]: (_asked: unknown, times: number) => signedIn(times + 100),
  [get]: () => ({ json: {} }),
}

t.test('once for all who wait', async (t) => {
  const { server, clock, client } = await tenantGround(t, routes)
  const many = (): Promise<unknown> =>
    Promise.all(Array.from({ length: 20 }, () => client.tenant.get()))
  await many()
  t.equal(server.count(login), 1)
  clock.advance(599_000)
  await many()
  t.equal(server.count(refresh), 1)
  t.equal(server.count(login), 1, 'the refresh token comes first')
  t.equal(server.count(get), 40)
  t.strictSame(server.asked.find(({ path }) => path.endsWith('refresh'))?.body, {
    refreshToken: 'refresh-1',
  })
  t.equal(server.asked.at(-1)?.headers.authorization, 'Bearer access-101')
})

t.test('before the token ends, not at every call', async (t) => {
  const { server, clock, client } = await tenantGround(t, routes)
  await client.tenant.get()
  clock.advance(539_000)
  await client.tenant.get()
  t.equal(server.count(refresh), 0)
  clock.advance(2_000)
  await client.tenant.get()
  t.equal(server.count(refresh), 1, 'within the last minute of ten')
})

t.test('a refresh token that is refused is followed by the credentials', async (t) => {
  const { server, clock, client } = await tenantGround(t, {
    ...routes,
    [refresh]: () => problem(401, 'invalid_credentials'),
  })
  await client.tenant.get()
  clock.advance(600_000)
  await client.tenant.get()
  t.strictSame(server.log, [login, get, refresh, login, get])
})

t.test('a renewal that fails leaves a token that still lives in use', async (t) => {
  const { server, clock, client } = await tenantGround(t, {
    ...routes,
    [refresh]: () => problem(503, 'overloaded'),
  })
  await client.tenant.get()
  clock.advance(550_000)
  await client.tenant.get()
  const tries = server.count(refresh)
  t.equal(tries, 4, 'tried as often as a read')
  await client.tenant.get()
  t.equal(server.count(refresh), tries, 'and not again at the next call')
  clock.advance(60_000)
  t.match(await rejection(client.tenant.get()), { code: 'overloaded' }, 'until it has ended')
})

t.test('a session by set-up token ends with its refresh token', async (t) => {
  const { baseUrl } = await contractServer(t, {
    ...routes,
    'POST /api/v1/auth/setup': () => signedIn(1),
    [refresh]: () => problem(401, 'invalid_credentials'),
  })
  const clock = new TestClock()
  const client = await TenantClient.setUp({
    baseUrl,
    token: 'x',
    password: 'p',
    clock,
    timeoutMs: callTimeout,
  })
  clock.advance(600_000)
  t.type(await rejection(client.tenant.get()), SessionEndedError)
})

t.test('credentials that are refused are an error to all who wait, after one try', async (t) => {
  const { server, client } = await tenantGround(t, {
    ...routes,
    [login]: () => problem(401, 'invalid_credentials'),
  })
  const errors = await Promise.all([
    rejection(client.tenant.get()),
    rejection(client.users.get('a')),
  ])
  for (const error of errors)
    t.ok(error instanceof RpPamError && error.code === 'invalid_credentials')
  t.strictSame(server.log, [login])
})
