// The contract's order of checks (SPEC §7) in a worker: what is wrong earlier is told, whatever else is wrong.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { tenantStatus } from '../../../../engine/worker/context/tenant-state.js'
import { TestTenant } from '../../../support/tenant-context.js'
import { type Asking, callsOf } from './pipeline-fixture.js'

const setUp = async () => {
  const tenant = await TestTenant.open()
  const admin = await tenant.signedIn(['pam_admin'])
  const auditor = await tenant.signedIn(['pam_auditor'])
  const calls = callsOf(tenant)
  return { tenant, admin, auditor, calls }
}

const update = (entryId: string, more: Asking = {}): Asking => ({
  path: { entryId },
  body: { name: 'renamed' },
  ...more,
})

t.test('401 before the state, the role and all the rest', async (t) => {
  const { tenant, auditor, calls } = await setUp()
  const dead = { ...auditor.claims, gen: 7 }
  const wrong = update(newId(), { fault: { code: 'payload_too_large' }, body: '{' })
  t.equal((await calls.signedIn(dead, 'updateEntry', wrong)).status, 401)
  t.same(await tenant.events(), [], 'nobody was there to be audited')
})

t.test('the state before the role', async (t) => {
  const { tenant, auditor, calls } = await setUp()
  await tenant.changeState({ status: tenantStatus.suspended })
  await tenant.observe()
  const answer = await calls.signedIn(auditor.claims, 'updateEntry', update(newId()))
  t.match(answer, { status: 403, json: { code: 'tenant_suspended' } })
})

t.test('the role before what the front found, and before the body', async (t) => {
  const { auditor, calls } = await setUp()
  for (const code of ['unsupported_media_type', 'payload_too_large', 'validation_failed'] as const)
    t.match(await calls.signedIn(auditor.claims, 'updateEntry', { fault: { code } }), {
      status: 403,
      json: { code: 'forbidden' },
    })
  t.equal(
    (await calls.signedIn(auditor.claims, 'updateEntry', update('x', { body: '{' }))).status,
    403,
  )
})

t.test('the licence after the role, before what the front found', async (t) => {
  const { tenant, admin, auditor } = await setUp()
  const { ApiError } = await import('../../../../engine/errors.js')
  const calls = callsOf(tenant, {
    requireLicense: () => {
      throw new ApiError('license_required')
    },
  })
  const fault = { code: 'validation_failed' } as const
  t.match(await calls.signedIn(admin.claims, 'createUser', { fault }), {
    status: 403,
    json: { code: 'license_required' },
  })
  t.match(await calls.signedIn(auditor.claims, 'createUser', { fault }), {
    json: { code: 'forbidden' },
  })
})

t.test('415 and 413, then 400', async (t) => {
  const { admin, calls } = await setUp()
  for (const [code, status] of [
    ['unsupported_media_type', 415],
    ['payload_too_large', 413],
  ] as const)
    t.equal(
      (
        await calls.signedIn(
          admin.claims,
          'updateEntry',
          update('x', { fault: { code }, body: '{' }),
        )
      ).status,
      status,
    )
  t.match(await calls.signedIn(admin.claims, 'createUser', { body: '{' }), {
    status: 400,
    json: { code: 'malformed_body' },
  })
  t.match(await calls.signedIn(admin.claims, 'createUser', { body: {} }), {
    status: 400,
    json: { code: 'validation_failed', errors: [{ message: 'is required' }] },
  })
  t.equal((await calls.signedIn(admin.claims, 'createUser')).status, 400, 'no body')
})

t.test('400 before 404', async (t) => {
  const { admin, calls } = await setUp()
  const body = { name: 7 }
  t.equal(
    (await calls.signedIn(admin.claims, 'updateEntry', update(newId(), { body }))).status,
    400,
  )
})

t.test('404 before 412, 412 before 409', async (t) => {
  const { tenant, admin, calls } = await setUp()
  const entry = await tenant.addEntry({ name: 'a' })
  await tenant.addEntry({ name: 'b' })
  const ask = (id: string, ifMatch: string) =>
    calls.signedIn(
      admin.claims,
      'updateEntry',
      update(id, { headers: { ifMatch }, body: { name: 'b' } }),
    )
  t.equal((await ask(newId(), '"9"')).status, 404)
  t.equal((await ask(entry.id, '"9"')).status, 412)
  t.match(await ask(entry.id, '"1"'), { status: 409, json: { code: 'name_taken' } })
})

t.test('before anybody signed in: what the front found, then the body', async (t) => {
  const { tenant } = await setUp()
  const { ask, itemOf, pipelineOf } = await import('./pipeline-fixture.js')
  const item = itemOf('login', null, tenant.tenant, {
    fault: { code: 'validation_failed', violations: [{ pointer: '/query', message: 'x' }] },
    body: '{',
  })
  t.match(await ask(pipelineOf(tenant), item), { status: 400, json: { code: 'validation_failed' } })
  t.match(await ask(pipelineOf(tenant), { ...item, fault: null }), {
    json: { code: 'malformed_body' },
  })
})
