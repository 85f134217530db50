// Promise: a call ends when its time is over, even when what it waits for hears nothing; no timer outlives a call.
import t from 'tap'
import { TenantClient, TimeoutError } from '../../sdk/src/index.js'
import { credentials, rejection, tenantGround } from './support/clients.js'
import { TestClock, callTimeout } from './support/clock.js'

const get = 'GET /api/v1/tenant'

t.test('of the client', async (t) => {
  const { server, clock, client } = await tenantGround(t, { [get]: () => 'hang' })
  const call = rejection(client.tenant.get())
  await server.arrived(get)
  clock.advance(callTimeout)
  const error = await call
  t.ok(error instanceof TimeoutError)
  t.match(error, { operation: 'getTenant', timeoutMs: callTimeout })
  t.equal(server.count(get), 1)
})

t.test('of the call', async (t) => {
  const { server, clock, client } = await tenantGround(t, { [get]: () => 'hang' })
  const call = rejection(client.tenant.get({ timeoutMs: callTimeout * 2 }))
  await server.arrived(get)
  clock.advance(callTimeout)
  t.equal(clock.pending, 1, 'still waiting')
  clock.advance(callTimeout)
  t.type(await call, TimeoutError)
  t.equal(clock.pending, 0)
})

t.test('with a fetch that hears no signal, while signing in', async (t) => {
  const clock = new TestClock()
  let asked = (): void => undefined
  const sent = new Promise<void>((resolve) => (asked = resolve))
  const fetch = (): Promise<Response> => {
    asked()
    return new Promise(() => undefined)
  }
  const client = new TenantClient({
    baseUrl: 'http://h',
    tenant: 'acme',
    credentials,
    clock,
    fetch,
    timeoutMs: callTimeout,
  })
  const call = rejection(client.tenant.get())
  await sent
  clock.advance(callTimeout)
  t.type(await call, TimeoutError)
})

t.test('a call that succeeds leaves no timer', async (t) => {
  const { clock, client } = await tenantGround(t, { [get]: () => ({ json: {} }) })
  await client.tenant.get()
  t.equal(clock.pending, 0)
})
