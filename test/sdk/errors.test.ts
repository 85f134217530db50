// Promise: every failure is one of the SDK's own errors, with what a program needs to decide.
import t from 'tap'
import {
  NetworkError,
  RpPamError,
  TenantClient,
  UnexpectedAnswerError,
} from '../../sdk/src/index.js'
import { credentials, id, rejection, tenantGround } from './support/clients.js'
import { problem } from './support/server.js'

t.test('a problem document', async (t) => {
  const errors = [{ pointer: '/fields/*', message: 'is too long' }]
  const { client } = await tenantGround(t, {
    [`GET /api/v1/users/${id}`]: () =>
      problem(400, 'validation_failed', {}, { detail: 'fields', errors }),
  })
  const error = await rejection(client.users.get(id))
  t.ok(error instanceof RpPamError)
  t.match(error, {
    name: 'RpPamError',
    message: 'getUser: validation_failed (400), request req-1: fields [/fields/* is too long]',
    operation: 'getUser',
    status: 400,
    code: 'validation_failed',
    requestId: 'req-1',
    detail: 'fields',
    errors,
  })
})

t.test('violations that are none are left out', async (t) => {
  const { client } = await tenantGround(t, {
    [`GET /api/v1/users/${id}`]: () =>
      problem(400, 'validation_failed', {}, { errors: [null, 'x', { pointer: 1, message: 2 }] }),
  })
  t.match(await rejection(client.users.get(id)), { errors: [] })
})

t.test('an answer of something else', async (t) => {
  const { client } = await tenantGround(t, {
    'GET /api/v1/tenant': () => ({ text: '<html>log in to the hotel</html>' }),
    'GET /api/v1/tenant/health': () => ({ status: 404, text: 'no such page' }),
    'GET /api/v1/audit/verify': () => ({
      status: 302,
      headers: { location: 'http://evil.example' },
    }),
    'GET /api/v1/vault/permissions': () => ({ status: 200, text: '' }),
  })
  const calls = [
    [client.tenant.get(), 200],
    [client.tenant.health(), 404],
    [client.audit.verify(), 302],
    [client.vault.permissions(), 200],
  ] as const
  for (const [call, status] of calls) {
    const error = await rejection(call)
    t.ok(error instanceof UnexpectedAnswerError)
    t.match(error, { status })
  }
})

t.test('no answer', async (t) => {
  const client = new TenantClient({
    baseUrl: 'http://127.0.0.1:1',
    tenant: 'acme',
    credentials,
    maxAttempts: 1,
  })
  const error = await rejection(client.tenant.get())
  t.ok(error instanceof NetworkError)
  t.match(error, { operation: 'login' })
})

t.test('an id that would name another operation is refused before anything is sent', async (t) => {
  const { server, client } = await tenantGround(t, {})
  await client.signIn()
  for (const bad of ['', '.', '..']) t.type(await rejection(client.vault.get(bad)), TypeError)
  await rejection(client.vault.get('../users'))
  t.strictSame(server.log.slice(1), ['GET /api/v1/vault/entries/..%2Fusers'], 'a slash is data')
})

t.test('options that cannot work are refused at once', async (t) => {
  const make = (options: object) => () =>
    new TenantClient({ baseUrl: 'http://h', tenant: 'a', credentials, ...options })
  t.throws(make({ baseUrl: 'h' }), TypeError)
  t.throws(make({ baseUrl: 'ftp://h' }), TypeError)
  t.throws(make({ baseUrl: 'http://u:p@h' }), TypeError)
  t.throws(make({ timeoutMs: 0 }), RangeError)
  t.throws(make({ timeoutMs: Infinity }), RangeError)
  t.throws(make({ maxAttempts: 0 }), RangeError)
  t.throws(make({ cache: { ttlMs: 3_600_000 } }), RangeError)
  t.throws(make({ cache: { ttlMs: 1000, maxEntries: 0 } }), RangeError)
})
