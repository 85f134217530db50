// Promise: a provisioning is waited for as often as the engine says; its failure and a time-out are errors of their own.
import t from 'tap'
import { OperationFailedError, TimeoutError } from '../../sdk/src/index.js'
import { id, managementGround, rejection } from './support/clients.js'
import type { Answered } from './support/server.js'

const input = { shortCode: 'acme', displayName: 'Acme', contactEmail: 'it@acme.example' }
const started = { ...input, id, status: 'provisioning', operationId: id }
const operation = `GET /api/v1/msp/operations/${id}`

const state = (status: string, headers: Record<string, string> = {}, more = {}): Answered => ({
  headers,
  json: { id, kind: 'provision', tenantId: id, status, progress: 0.5, steps: [], ...more },
})

const provisioning = { 'POST /api/v1/msp/tenants': () => ({ status: 202, json: started }) }

t.test('until it has succeeded', async (t) => {
  const result = { adminUsername: 'it@acme.example', setupToken: 'rpst_AAAA' }
  const { server, clock, client } = await managementGround(t, {
    ...provisioning,
    [operation]: (_asked, times) =>
      [state('running', { 'retry-after': '2' }), state('running')][times - 1] ??
      state('succeeded', {}, { result }),
  })
  const { tenant, operationId, wait } = await client.tenants.provision(input)
  t.match([tenant.shortCode, operationId], ['acme', id])
  t.equal(server.count(operation), 0, 'the handle comes first')
  const progress: number[] = []
  const done = await wait({ onProgress: (one) => progress.push(one.progress) })
  t.strictSame(done.result, result)
  t.strictSame(progress, [0.5, 0.5])
  t.strictSame(clock.slept, [2000, 1000], 'as the engine says, else each second')
  t.equal(clock.pending, 0)
})

t.test('a failed one says where', async (t) => {
  const cause = { code: 'database_unavailable', detail: 'connection refused' }
  const steps = [{ name: 'create database', status: 'failed', error: cause }]
  const { client } = await managementGround(t, {
    ...provisioning,
    [`POST /api/v1/msp/tenants/${id}/retry`]: () => ({ status: 202, json: started }),
    [operation]: () => state('failed', {}, { steps }),
  })
  const error = await rejection((await client.tenants.retry(id)).wait())
  t.ok(error instanceof OperationFailedError)
  t.match(error, {
    operationId: id,
    tenantId: id,
    steps,
    message: /at "create database": database_unavailable, connection refused$/,
  })
})

t.test('one that never ends is a time-out', async (t) => {
  const { client } = await managementGround(t, { [operation]: () => state('running') })
  t.type(await rejection(client.operations.wait(id, { timeoutMs: 1 })), TimeoutError)
})

t.test('the other calls of the plane', async (t) => {
  const at = `/api/v1/msp/tenants/${id}`
  const { server, client } = await managementGround(t, {
    [operation]: () => state('running'),
    [`GET ${at}`]: () => ({ json: started }),
    [`POST ${at}/setup-token`]: () => ({ status: 201, json: { setupToken: 'x' } }),
    [`GET ${at}/health`]: () => ({ json: { status: 'ok' } }),
    [`GET ${at}/audit/summary`]: () => ({ json: [{ count: 1 }] }),
    'GET /api/v1/admin/license': () => ({ json: { edition: 'msp' } }),
  })
  t.match(await client.license(), { edition: 'msp' })
  t.strictSame(Object.keys(Object(server.asked[0]?.body)), ['username', 'password'], 'no tenant')
  t.match(await client.tenants.get(id), { shortCode: 'acme' })
  t.match(await client.tenants.setupToken(id), { setupToken: 'x' })
  t.match(await client.tenants.health(id), { status: 'ok' })
  t.match(await client.tenants.auditSummary(id, { bucket: 'day' }), [{ count: 1 }])
  t.equal(server.asked.at(-1)?.query.toString(), 'bucket=day')
  t.match(await client.operations.get(id), { status: 'running' })
})
