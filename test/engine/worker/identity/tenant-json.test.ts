// What is shown of a tenant: the set-up history to its own people only, nothing of where and how it is reached.
import t from 'tap'
import { type TenantId, newId } from '../../../../engine/ids.js'
import { ownTenantJson, tenantJson } from '../../../../engine/worker/identity/tenant-json.js'
import { TestTenant } from '../../../support/tenant-context.js'

const tenant = newId() as TenantId
const { context } = await TestTenant.open({ tenant })
const issued = { id: newId(), issuedTime: 0, issuedBy: 'admin', usedTime: null, reissued: false }
const directory = {
  ...context.directory,
  setup: [issued, { ...issued, usedTime: 1_000, reissued: true }],
}

t.test('times are UTC with milliseconds', async (t) => {
  t.equal(tenantJson(directory).createdUtc, '2023-11-14T22:13:20.000Z')
  t.same(ownTenantJson(directory).setup, [
    { issuedUtc: '1970-01-01T00:00:00.000Z', issuedBy: 'admin', usedUtc: null, reissued: false },
    {
      issuedUtc: '1970-01-01T00:00:00.000Z',
      issuedBy: 'admin',
      usedUtc: '1970-01-01T00:00:01.000Z',
      reissued: true,
    },
  ])
})

t.test('only what the contract names', async (t) => {
  const shown = tenantJson(directory)
  t.notOk('setup' in shown)
  t.notOk('tokenGeneration' in shown)
  t.equal(shown.id, tenant)
  t.same(shown.database, { engine: 'postgres', name: 'rppam_tenant_acme' })
})
