// Promise: a client signs in at its first call, not before, with what it was given.
import t from 'tap'
import { SecondFactorRequiredError, TenantClient } from '../../sdk/src/index.js'
import { rejection, tenantGround } from './support/clients.js'
import { contractServer, signedIn } from './support/server.js'

const routes = {
  'GET /api/v1/tenant': () => ({ json: { shortCode: 'acme-corp' } }),
  'POST /api/v1/auth/token': () => signedIn(1),
  'POST /api/v1/auth/setup': () => signedIn(1),
  'POST /api/v1/auth/refresh': () => signedIn(2),
}

t.test('at the first call', async (t) => {
  const { server, client } = await tenantGround(t, routes)
  t.strictSame(server.log, [], 'nothing before')
  t.match(await client.tenant.get(), { shortCode: 'acme-corp' })
  t.strictSame(server.log, ['POST /api/v1/auth/login', 'GET /api/v1/tenant'])
  t.strictSame(server.asked[0]?.body, {
    tenant: 'acme-corp',
    username: 'alice',
    password: 'correct horse battery staple',
  })
  t.equal(server.asked[1]?.headers.authorization, 'Bearer access-1')
})

const kinds = [
  [
    'a service account',
    { clientId: 'c', clientSecret: 's' },
    'token',
    { clientId: 'c', clientSecret: 's' },
  ],
  ['a set-up token', { setupToken: 'x', password: 'p' }, 'setup', { token: 'x', password: 'p' }],
  ['a refresh token', { refreshToken: 'r' }, 'refresh', { refreshToken: 'r' }],
] as const

for (const [name, credentials, path, body] of kinds)
  t.test(`with ${name}`, async (t) => {
    const { baseUrl, asked } = await contractServer(t, routes)
    await new TenantClient({ baseUrl, credentials }).tenant.get()
    t.match(asked[0], { path: `/api/v1/auth/${path}` })
    t.strictSame(asked[0]?.body, body)
  })

t.test('with a claim', async (t) => {
  const { baseUrl, asked } = await contractServer(t, routes)
  await TenantClient.setUp({ baseUrl, tenant: 'acme', claim: 'c', password: 'p' })
  t.strictSame(asked[0]?.body, { tenant: 'acme', claim: 'c', password: 'p' })
})

t.test('setUp claims the account and answers a client that is signed in', async (t) => {
  const { baseUrl, log } = await contractServer(t, routes)
  const client = await TenantClient.setUp({ baseUrl, token: 'x', password: 'p' })
  t.strictSame(log, ['POST /api/v1/auth/setup'])
  await client.tenant.get()
  t.strictSame(log, ['POST /api/v1/auth/setup', 'GET /api/v1/tenant'])
})

t.test('each new refresh token is told', async (t) => {
  const { baseUrl } = await contractServer(t, routes)
  const told: string[] = []
  const onRefreshToken = (token: string): void => void told.push(token)
  await new TenantClient({ baseUrl, credentials: { refreshToken: 'r' }, onRefreshToken }).signIn()
  t.strictSame(told, ['refresh-2'])
})

t.test('a second factor that is due is an error, and its token is not used', async (t) => {
  const { server, client } = await tenantGround(t, {
    ...routes,
    'POST /api/v1/auth/login': () => ({ json: { mfaRequired: true, accessToken: 'for-mfa-only' } }),
  })
  t.type(await rejection(client.tenant.get()), SecondFactorRequiredError)
  t.strictSame(server.log, ['POST /api/v1/auth/login'])
})
