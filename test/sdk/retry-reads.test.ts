// Promise: reads are sent again after 429, 503 and network faults: no sooner than asked, a bounded number of times,
// never past the deadline.
import t from 'tap'
import { NetworkError, UnexpectedAnswerError } from '../../sdk/src/index.js'
import { id, rejection, secret, tenantGround } from './support/clients.js'
import { type Answered, problem } from './support/server.js'

const get = 'GET /api/v1/tenant'

t.test('as long after as Retry-After says, with jitter on top', async (t) => {
  const { clock, client } = await tenantGround(t, {
    [get]: (_asked, times) =>
      times < 3
        ? problem(times === 1 ? 503 : 429, 'overloaded', { 'retry-after': String(times * 2) })
        : { json: { shortCode: 'acme' } },
  })
  t.match(await client.tenant.get(), { shortCode: 'acme' })
  t.strictSame(clock.slept, [2000 + 100, 4000 + 200], 'half of a bound that doubles')
})

t.test('an answer without Retry-After, or from a proxy, waits for the jitter alone', async (t) => {
  const answers: Answered[] = [problem(503, 'overloaded'), { status: 503, text: '<h1>busy</h1>' }]
  const { clock, client } = await tenantGround(t, {
    [get]: (_asked, times) => answers[times - 1] ?? { json: {} },
  })
  await client.tenant.get()
  t.strictSame(clock.slept, [100, 200])
})

t.test('after network faults', async (t) => {
  const { server, client } = await tenantGround(t, {
    [get]: (_asked, times) => (times < 3 ? 'drop' : { json: {} }),
  })
  await client.tenant.get()
  t.equal(server.count(get), 3)
})

t.test('a batch read too, though it is a POST', async (t) => {
  const { server, client } = await tenantGround(t, {
    'POST /api/v1/vault/secrets/read': (_asked, times) =>
      times < 2 ? problem(503, 'audit_unavailable') : { json: [secret] },
  })
  t.strictSame(await client.vault.readSecrets({ ids: [id] }), [secret])
  t.equal(server.count('POST /api/v1/vault/secrets/read'), 2)
})

t.test('four times at most', async (t) => {
  const { server, client } = await tenantGround(t, {
    [get]: () => problem(503, 'database_unavailable', { 'retry-after': '1' }),
    'GET /api/v1/tenant/health': () => 'drop',
  })
  t.match(await rejection(client.tenant.get()), {
    code: 'database_unavailable',
    retryAfterMs: 1000,
  })
  t.equal(server.count(get), 4)
  t.type(await rejection(client.tenant.health()), NetworkError)
  t.equal(server.count('GET /api/v1/tenant/health'), 4)
})

t.test('not past the deadline: the answer is the error at once', async (t) => {
  const { server, clock, client } = await tenantGround(t, {
    [get]: () => problem(503, 'overloaded', { 'retry-after': '3600' }),
  })
  t.match(await rejection(client.tenant.get()), { code: 'overloaded' })
  t.equal(server.count(get), 1)
  t.strictSame(clock.slept, [])
})

t.test('nothing else is sent again', async (t) => {
  const { server, client } = await tenantGround(t, {
    [get]: () => problem(500, 'internal_error'),
    'GET /api/v1/tenant/health': () => ({ status: 502, text: 'bad gateway' }),
  })
  t.match(await rejection(client.tenant.get()), { code: 'internal_error' })
  t.type(await rejection(client.tenant.health()), UnexpectedAnswerError)
  t.equal(server.count(get), 1)
  t.equal(server.count('GET /api/v1/tenant/health'), 1)
})
