// Promise: a caller's signal ends its call at once with the signal's reason, wherever the call is, and nobody else's.
import t from 'tap'
import { TenantClient } from '../../sdk/src/index.js'
import { credentials, rejection, tenantGround } from './support/clients.js'
import { type Answered, problem, signedIn } from './support/server.js'

const get = 'GET /api/v1/tenant'
const reason = new Error('changed my mind')

t.test('before it began: nothing is sent', async (t) => {
  const { server, client } = await tenantGround(t, {})
  t.equal(await rejection(client.tenant.get({ signal: AbortSignal.abort(reason) })), reason)
  t.strictSame(server.log, [])
})

t.test('while it waits for the answer', async (t) => {
  const { server, clock, client } = await tenantGround(t, { [get]: () => 'hang' })
  const controller = new AbortController()
  const call = rejection(client.tenant.get({ signal: controller.signal }))
  await server.arrived(get)
  controller.abort(reason)
  t.equal(await call, reason)
  t.equal(server.count(get), 1, 'and it is not sent again')
  t.equal(clock.pending, 0, 'no timer is left')
})

t.test('while it waits to be sent again', async (t) => {
  const { server, clock, client } = await tenantGround(t, {
    [get]: () => problem(503, 'overloaded'),
  })
  const asleep = new Promise<void>((resolve) => {
    clock.onSleep = () => {
      resolve()
      return 'stay'
    }
  })
  const controller = new AbortController()
  const call = rejection(client.tenant.get({ signal: controller.signal }))
  await asleep
  controller.abort(reason)
  t.equal(await call, reason)
  t.equal(clock.pending, 0, 'no timer is left')
  t.equal(server.count(get), 1)
})

t.test('while somebody else signs in: the others go on', async (t) => {
  let answer = (_answered: Answered): void => undefined
  const { server, client } = await tenantGround(t, {
    'POST /api/v1/auth/login': () => new Promise<Answered>((resolve) => (answer = resolve)),
    [get]: () => ({ json: { shortCode: 'acme' } }),
    'POST /api/v1/vault/entries': () => ({ status: 201, json: {} }),
  })
  const controller = new AbortController()
  const entry = { name: 'root', type: 'note' } as const
  const gone = rejection(client.vault.create(entry, { signal: controller.signal }))
  const stays = client.tenant.get()
  await server.arrived('POST /api/v1/auth/login')
  controller.abort(reason)
  t.equal(await gone, reason)
  answer(signedIn(1))
  t.match(await stays, { shortCode: 'acme' })
  t.equal(server.count('POST /api/v1/auth/login'), 1)
  t.equal(server.count('POST /api/v1/vault/entries'), 0, 'a write of one who has gone is not sent')
})

t.test('a write of one who has gone is not handed to a fetch that hears no signal', async (t) => {
  const asked: string[] = []
  let answer = (_response: Response): void => undefined
  let signingIn = (): void => undefined
  const began = new Promise<void>((resolve) => (signingIn = resolve))
  const fetch = ({ url }: Request): Promise<Response> => {
    asked.push(new URL(url).pathname)
    if (!url.endsWith('/login')) return Promise.resolve(Response.json({}))
    signingIn()
    return new Promise((resolve) => (answer = resolve))
  }
  const client = new TenantClient({ baseUrl: 'http://h', tenant: 'acme', credentials, fetch })
  const controller = new AbortController()
  const entry = { name: 'root', type: 'note' } as const
  const gone = rejection(client.vault.create(entry, { signal: controller.signal }))
  const stays = client.tenant.get()
  await began
  controller.abort(reason)
  await gone
  answer(Response.json(signedIn(1).json))
  await stays
  t.strictSame(asked, ['/api/v1/auth/login', '/api/v1/tenant'])
})
