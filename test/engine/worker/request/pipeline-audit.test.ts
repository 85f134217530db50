// Refusals of signed-in callers are on record, each once, with what was refused and by whom; and rows that do not open.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { TestTenant, flipped } from '../../../support/tenant-context.js'
import { ask, callsOf, itemOf, pipelineOf } from './pipeline-fixture.js'

const setUp = async () => {
  const tenant = await TestTenant.open()
  const admin = await tenant.signedIn(['pam_admin'], 'admin')
  const auditor = await tenant.signedIn(['pam_auditor'], 'auditor')
  return { tenant, admin, auditor, calls: callsOf(tenant) }
}

t.test('403: who, what, from where', async (t) => {
  const { tenant, auditor, calls } = await setUp()
  const entryId = newId()
  const answer = await calls.signedIn(auditor.claims, 'readSecret', { path: { entryId } })
  t.equal(answer.status, 403)
  t.match(await tenant.events(), [
    {
      action: 'vault.secret.read',
      outcome: 'denied',
      actor: { type: 'user', id: auditor.user.id, name: 'auditor' },
      target: { type: 'vault-entry', id: entryId },
      clientAddress: '192.0.2.7',
      requestId: answer.json['requestId'],
      detail: { code: 'forbidden' },
    },
  ])
})

t.test('403 with a path that holds no id is 403, and on record without one', async (t) => {
  const { tenant, auditor, calls } = await setUp()
  const fault = { code: 'validation_failed' } as const
  for (const path of [{}, { entryId: 'no id' }]) {
    const answer = await calls.signedIn(auditor.claims, 'readSecret', { path, fault })
    t.match(answer, { status: 403, json: { code: 'forbidden' } })
  }
  t.match(await tenant.events(), [{ outcome: 'denied', target: { id: null } }, {}])
})

t.test('404, also of a place that is not there', async (t) => {
  const { tenant, admin, calls } = await setUp()
  const entryId = newId()
  t.equal((await calls.signedIn(admin.claims, 'readSecret', { path: { entryId } })).status, 404)
  for (const [code, status] of [
    ['not_found', 404],
    ['forbidden', 403],
  ] as const)
    t.equal((await calls.signedIn(admin.claims, '', { fault: { code } })).status, status)
  t.match(await tenant.events(), [
    { action: 'vault.secret.read', outcome: 'denied', detail: { code: 'not_found' } },
    { action: 'request', outcome: 'denied', detail: { code: 'not_found' } },
    { action: 'request', outcome: 'denied', detail: { code: 'forbidden' } },
  ])
})

t.test('an operation of the other plane', async (t) => {
  const { tenant, admin, calls } = await setUp()
  t.equal((await calls.signedIn(admin.claims, 'listTenants')).status, 403)
  t.match(await tenant.events(), [{ action: 'request', outcome: 'denied' }])
})

t.test('400, 409, 412 are no refusals of access', async (t) => {
  const { tenant, admin, calls } = await setUp()
  const { id } = await tenant.addEntry()
  await calls.signedIn(admin.claims, 'createUser', { body: '{' })
  await calls.signedIn(admin.claims, 'updateEntry', {
    path: { entryId: id },
    headers: { ifMatch: '"9"' },
    body: { name: 'x' },
  })
  t.same(await tenant.events(), [])
})

t.test('a row that does not open: 500, on record, in the log', async (t) => {
  const { tenant, admin, calls } = await setUp()
  const { id } = await tenant.addEntry()
  tenant.store.tamper('vault_entry', id, (row) => ({ ...row, secret: flipped(row.secret!) }))
  const answer = await calls.signedIn(admin.claims, 'readSecret', { path: { entryId: id } })
  t.match(answer, { status: 500, json: { code: 'integrity_failure' } })
  t.match(await tenant.events(), [
    { action: 'vault.secret.read', outcome: 'failure', target: { id }, actor: { name: 'admin' } },
  ])
  t.match(tenant.asked.logged, [{ fields: { tenantId: tenant.tenant } }])
})

t.test("the caller's own row does not open: 500 and on record all the same", async (t) => {
  const { tenant, admin, calls } = await setUp()
  const { id } = admin.user
  tenant.store.tamper('user_account', id, (row) => ({ ...row, doc: flipped(row.doc) }))
  t.match(await calls.signedIn(admin.claims, 'getTenant'), {
    status: 500,
    json: { code: 'integrity_failure' },
  })
  t.match(await tenant.events(), [
    { action: 'request', outcome: 'failure', target: { type: 'user', id }, actor: { id: null } },
  ])
})

t.test('before anybody signed in, too', async (t) => {
  const { tenant, admin, calls } = await setUp()
  const { id } = admin.user
  tenant.store.tamper('user_account', id, (row) => ({ ...row, doc: flipped(row.doc) }))
  const body = { tenant: 'acme', username: 'admin', password: 'secret' }
  t.match(await calls.open('login', body), { status: 500, json: { code: 'integrity_failure' } })
  t.match(await tenant.events(), [{ outcome: 'failure', detail: { operation: 'login' } }])
})

t.test('the set of permissions was taken away', async (t) => {
  const { tenant, admin, calls } = await setUp()
  const { id } = await tenant.addEntry()
  tenant.store.tamper('permission_set', '00000000-0000-7000-8000-000000000001', () => null)
  const answer = await calls.signedIn(admin.claims, 'readSecret', { path: { entryId: id } })
  t.match(answer, { status: 500, json: { code: 'integrity_failure' } })
  t.match(await tenant.events(), [{ outcome: 'failure' }])
})

t.test('a refusal that cannot be put on record is no refusal: 503', async (t) => {
  const { tenant, auditor, calls } = await setUp()
  await calls.signedIn(auditor.claims, 'getTenant')
  tenant.store.setUnreachable(true)
  t.match(await calls.signedIn(auditor.claims, 'listUsers'), {
    status: 503,
    json: { code: 'audit_unavailable' },
    headers: { 'retry-after': '1' },
  })
})

t.test('no answer repeats what was thrown, and the log holds it as an error only', async (t) => {
  const { tenant, admin } = await setUp()
  const handlers = new Map([
    [
      'getTenant',
      {
        operationId: 'getTenant',
        audited: { action: 'tenant.read' },
        handle: () => Promise.reject(new Error('the secret is hunter2')),
      },
    ],
  ])
  const pipeline = pipelineOf(tenant, { handlers: handlers as never })
  const answer = await ask(pipeline, itemOf('getTenant', admin.claims, tenant.tenant))
  t.match(answer, { status: 500, json: { code: 'internal_error' } })
  t.notMatch(answer.body, /hunter2/)
  t.match(tenant.asked.logged, [{ message: 'a request failed', fields: { error: Error } }])
})
