// Promise: logging out ends the session at the engine and forgets its tokens; where there is none, nothing is sent.
import t from 'tap'
import { rejection, tenantGround } from './support/clients.js'
import { problem, signedIn } from './support/server.js'

const login = 'POST /api/v1/auth/login'
const logout = 'POST /api/v1/auth/logout'
const refresh = 'POST /api/v1/auth/refresh'
const routes = { [logout]: () => ({ status: 204 }), [refresh]: () => signedIn(2) }

t.test('a session', async (t) => {
  const { server, client } = await tenantGround(t, routes)
  await client.signIn()
  await client.logout()
  t.equal(server.asked.at(-1)?.headers.authorization, 'Bearer access-1')
  await client.logout()
  t.strictSame(server.log, [login, logout], 'once')
  await client.signIn()
  t.equal(server.count(login), 2, 'a new session, not the old refresh token')
})

t.test('one whose access token has ended is renewed to be ended', async (t) => {
  const { server, clock, client } = await tenantGround(t, routes)
  await client.signIn()
  clock.advance(600_000)
  await client.logout()
  t.strictSame(server.log, [login, refresh, logout])
  t.equal(server.asked.at(-1)?.headers.authorization, 'Bearer access-2')
})

t.test('one that is over already is no error, one that cannot be ended is', async (t) => {
  const { server, client } = await tenantGround(t, {
    [logout]: (_asked, times) => problem(times === 1 ? 401 : 503, 'unauthenticated'),
  })
  await client.signIn()
  await client.logout()
  await client.signIn()
  t.match(await rejection(client.logout()), { status: 503 })
  t.equal(server.count(login), 2)
})
