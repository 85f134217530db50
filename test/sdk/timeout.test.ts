// Promise: a call ends when its time is over, even when what it waits for hears nothing; no timer outlives a call.
import t from 'tap'
import { TenantClient, TimeoutError } from '../../sdk/src/index.js'
import { credentials, rejection, tenantGround } from './support/clients.js'
import { TestClock, patience } from './support/clock.js'

const get = 'GET /api/v1/tenant'

t.test('of the client', async (t) => {
  const { server, clock, client } = await tenantGround(t, { [get]: () => 'hang' })
  const call = rejection(client.tenant.get())
  await server.arrived(get)
  clock.advance(patience)
  const error = await call
  t.ok(error instanceof TimeoutError)
  t.match(error, { operation: 'getTenant', timeoutMs: patience })
  t.equal(server.count(get), 1)
})

t.test('of the call', async (t) => {
  const { server, clock, client } = await tenantGround(t, { [get]: () => 'hang' })
  const call = rejection(client.tenant.get({ timeoutMs: patience * 2 }))
  await server.arrived(get)
  clock.advance(patience)
  t.equal(clock.pending, 1, 'still waiting')
  clock.advance(patience)
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
    timeoutMs: patience,
  })
  const call = rejection(client.tenant.get())
  await sent
  clock.advance(patience)
  t.type(await call, TimeoutError)
})

t.test('a call that succeeds leaves no timer', async (t) => {
  const { clock, client } = await tenantGround(t, { [get]: () => ({ json: {} }) })
  await client.tenant.get()
  t.equal(clock.pending, 0)
})
