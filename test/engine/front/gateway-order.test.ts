// The order of checks (SPEC §7) from socket to handler: gateway and pipeline as they are, a tenant in memory.
import t from 'tap'
import { newId } from '../../../engine/ids.js'
import type { Item } from '../../../engine/task/item.js'
import { tenantStatus } from '../../../engine/worker/context/tenant-state.js'
import { TestTenant } from '../../support/tenant-context.js'
import { pipelineOf } from '../worker/request/pipeline-fixture.js'
import { type Ask, gatewayWith, tokenOf } from './gateway-fixture.js'

const setUp = async () => {
  const tenant = await TestTenant.open()
  const pipeline = pipelineOf(tenant)
  const gateway = gatewayWith((item, answer) => {
    void pipeline
      .answer(
        { n: 1, ...item } as Item,
        () => undefined,
        () => Promise.reject(new Error('a stream')),
      )
      .then((given) => {
        const { status, headers, body } = given!
        answer({ status, headers, body: body === null ? null : Buffer.from(body) })
      })
  })
  const admin = await tenant.signedIn(['pam_admin'])
  const auditor = await tenant.signedIn(['pam_auditor'])
  const entry = await tenant.addEntry({ name: 'a' })
  await tenant.addEntry({ name: 'b' })
  const tokens = { admin: await tokenOf(admin.claims), auditor: await tokenOf(auditor.claims) }
  const put = (asking: Ask, id: string = entry.id) =>
    gateway.ask('PUT', `/api/v1/vault/entries/${id}`, { body: '{"name":"b"}', ...asking })
  return { tenant, gateway, tokens, entry, put, admin }
}

// Everything that can be wrong at once; each step takes the first of them away.
t.test('401 → state → role → 415 → 413 → 400 → 404 → 412 → 409 → 200', async (t) => {
  const { tenant, tokens, put } = await setUp()
  const path = 'no-id'
  const wrong: Ask = { contentType: 'text/plain', tooLarge: true, headers: { ifMatch: '"9"' } }
  const told: unknown[] = []
  const step = async (asking: Ask, id?: string): Promise<void> => {
    const { status, json } = await put(asking, id)
    told.push([status, json['code']])
  }
  await step(wrong, path)
  await step({ ...wrong, token: `${tokens.auditor}x` }, path)
  await tenant.changeState({ status: tenantStatus.suspended })
  await tenant.observe()
  await step({ ...wrong, token: tokens.auditor }, path)
  await tenant.changeState({ status: tenantStatus.active })
  await tenant.observe()
  await step({ ...wrong, token: tokens.auditor }, path)
  const { admin: token } = tokens
  await step({ ...wrong, token }, path)
  const json = { ...wrong, token, contentType: 'application/json; charset=utf-8' }
  await step(json, path)
  const small = { ...json, tooLarge: false }
  await step({ ...small, body: '{' }, path)
  await step({ ...small, body: '{' })
  await step({ ...small, body: '{"name":7}' }, newId())
  await step(small, newId())
  await step(small)
  await step({ token, headers: { ifMatch: '"1"' } })
  await step({ token, headers: { ifMatch: '"1"' }, body: '{"name":"c"}' })
  t.same(told, [
    [401, 'unauthenticated'],
    [401, 'unauthenticated'],
    [403, 'tenant_suspended'],
    [403, 'forbidden'],
    [415, 'unsupported_media_type'],
    [413, 'payload_too_large'],
    [400, 'validation_failed'],
    [400, 'malformed_body'],
    [400, 'validation_failed'],
    [404, 'not_found'],
    [412, 'precondition_failed'],
    [409, 'name_taken'],
    [200, undefined],
  ])
})

t.test('places that are not there: 401, then 403 or 404, and on record', async (t) => {
  const { tenant, gateway, tokens, admin } = await setUp()
  const token = tokens.admin
  const status = async (path: string, asking: Ask = {}) =>
    (await gateway.ask('GET', path, asking)).status
  t.equal(await status('/api/v1/nothing'), 401)
  t.equal(await status('/api/v1/nothing', { token }), 404)
  t.equal(await status('/api/v1/msp/nothing', { token }), 403)
  t.equal(await status('/api/v1/msp/tenants', { token }), 403)
  t.equal(await status(`/api/v1/msp/tenants/${tenant.tenant}`, { token }), 403, 'its own id')
  t.equal(await status('/api/v1/admin/license', { token }), 403)
  t.equal(await status('/api/v1/auth/nothing'), 404)
  t.equal(await status('/nothing', { token }), 404)
  const events = await tenant.events()
  t.strictSame(
    events.map(({ detail }) => detail['operation']),
    [undefined, undefined, 'listTenants', 'getTenantById', 'getLicense', undefined],
    'what was asked for is on record',
  )
  t.ok(events.every(({ outcome, actor }) => outcome === 'denied' && actor.id === admin.user.id))
  t.equal(gateway.management.items.length, 0, 'nothing of it reached the other plane')
})

t.test('a query that the contract does not know is 400, without its text', async (t) => {
  const { gateway, tokens } = await setUp()
  const asked = await gateway.ask('GET', '/api/v1/vault/entries?hunter2=hunter2&page=0', {
    token: tokens.admin,
  })
  t.match(asked, { status: 400, json: { code: 'validation_failed' } })
  t.notMatch(asked.text, /hunter2/)
})
