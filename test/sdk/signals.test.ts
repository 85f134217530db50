// Promise: a caller's signal has one listener of the SDK however many calls share it, and none when they are over.
import { getEventListeners } from 'node:events'
import t from 'tap'
import { id, managementGround, rejection, tenantGround } from './support/clients.js'

const get = 'GET /api/v1/tenant'
const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

t.test('calls that share a signal', async (t) => {
  const { server, client } = await tenantGround(t, {
    [get]: (_asked, times) => (times <= 20 ? { json: {} } : 'hang'),
  })
  const controller = new AbortController()
  const { signal } = controller
  const all = Promise.all(Array.from({ length: 20 }, () => client.tenant.get({ signal })))
  t.equal(listenersOf(signal), 1)
  await all
  t.equal(listenersOf(signal), 0, 'none is left')
  const hanging = Array.from({ length: 3 }, () => rejection(client.tenant.get({ signal })))
  await server.arrived(get, 23)
  t.equal(listenersOf(signal), 1, 'and anew')
  controller.abort(new Error('enough'))
  for (const error of await Promise.all(hanging)) t.match(error, { message: 'enough' })
  t.equal(listenersOf(signal), 0)
})

t.test('one call that ends leaves the others their listener', async (t) => {
  const { server, client } = await tenantGround(t, {
    [get]: () => 'hang',
    'GET /api/v1/tenant/health': () => ({ json: {} }),
  })
  const controller = new AbortController()
  const { signal } = controller
  const hanging = rejection(client.tenant.get({ signal }))
  await server.arrived(get)
  await client.tenant.health({ signal })
  t.equal(listenersOf(signal), 1)
  controller.abort(new Error('enough'))
  t.match(await hanging, { message: 'enough' })
})

t.test('a wait, and all that it asks for', async (t) => {
  const { client } = await managementGround(t, {
    [`GET /api/v1/msp/operations/${id}`]: (_asked, times) => ({
      json: { id, status: times < 30 ? 'running' : 'succeeded', steps: [] },
    }),
  })
  const { signal } = new AbortController()
  const counts = new Set<number>()
  await client.operations.wait(id, { signal, onProgress: () => counts.add(listenersOf(signal)) })
  t.strictSame([...counts], [1])
  t.equal(listenersOf(signal), 0)
})
