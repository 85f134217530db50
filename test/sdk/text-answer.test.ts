// Promise: an answer that is no JSON is its text; a page of something else is none.
import t from 'tap'
import { UnexpectedAnswerError } from '../../sdk/src/index.js'
import { managementGround, rejection, tenantGround } from './support/clients.js'

const metrics = 'GET /metrics'

t.test('metrics', async (t) => {
  const text = 'rppam_up 1\n'
  const { server, client } = await managementGround(t, {
    [metrics]: () => ({ headers: { 'content-type': 'text/plain; version=0.0.4' }, text }),
  })
  t.equal(await client.metrics(), text)
  t.equal(server.asked.at(-1)?.headers.authorization, 'Bearer access-1')
})

t.test('an export: its lines', async (t) => {
  const text = '{"id":"1"}\n{"id":"2"}\n'
  const { server, client } = await tenantGround(t, {
    'GET /api/v1/audit/export': () => ({
      headers: { 'content-type': 'application/x-ndjson' },
      text,
    }),
  })
  const from = '2026-01-31T00:00:00.000Z'
  t.equal(await client.audit.export({ form: 'events', from }), text)
  t.strictSame(Object.fromEntries(server.asked.at(-1)!.query), { form: 'events', from })
})

t.test('a page of a proxy', async (t) => {
  const { client } = await managementGround(t, {
    [metrics]: () => ({ headers: { 'content-type': 'text/html' }, text: '<h1>log in</h1>' }),
  })
  t.type(await rejection(client.metrics()), UnexpectedAnswerError)
})
