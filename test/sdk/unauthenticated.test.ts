// Promise: a call that answers 401 is sent once more with a new token, a write too; a second 401 is the error.
import t from 'tap'
import { credentials, rejection, tenantGround } from './support/clients.js'
import { problem, signedIn } from './support/server.js'

const user = { username: 'bob', displayName: 'Bob', email: 'bob@acme.example', roles: [] }
const refresh = { 'POST /api/v1/auth/refresh': () => signedIn(2) }

t.test('once more, a write too', async (t) => {
  const { server, client } = await tenantGround(t, {
    ...refresh,
    'POST /api/v1/users': ({ headers }) =>
      headers.authorization === 'Bearer access-2'
        ? { status: 201, json: { username: 'bob' } }
        : problem(401, 'unauthenticated'),
  })
  t.match(await client.users.create(user), { username: 'bob' })
  t.equal(server.count('POST /api/v1/users'), 2)
  t.equal(server.count('POST /api/v1/auth/refresh'), 1)
})

t.test('then the error', async (t) => {
  const { server, client } = await tenantGround(t, {
    ...refresh,
    'GET /api/v1/tenant': () => problem(401, 'unauthenticated'),
  })
  t.match(await rejection(client.tenant.get()), { status: 401, code: 'unauthenticated' })
  t.equal(server.count('GET /api/v1/tenant'), 2)
})

t.test('calls that fail together renew once', async (t) => {
  const { server, client } = await tenantGround(t, {
    ...refresh,
    'GET /api/v1/tenant': ({ headers }) =>
      headers.authorization === 'Bearer access-2' ? { json: {} } : problem(401, 'unauthenticated'),
  })
  await Promise.all(Array.from({ length: 10 }, () => client.tenant.get()))
  t.equal(server.count('POST /api/v1/auth/refresh'), 1)
  t.match(server.asked[0]?.body, { username: credentials.username })
})
