// Every operation that clients rely on (SPEC §7) is there, under its exact path, with its exact success statuses.
import t from 'tap'
import { operations } from '../../engine/task/contract.js'

const promised: readonly string[] = [
  'GET /system/health/ping ping 200',
  'GET /system/health/live live 200',
  'GET /system/health/ready ready 200',
  'GET /metrics getMetrics 200',
  'GET /openapi.json getContract 200',
  'GET /docs getDocs 200',
  'POST /api/v1/auth/login login 200',
  'POST /api/v1/auth/refresh refreshSession 200',
  'POST /api/v1/auth/logout logout 204',
  'POST /api/v1/auth/setup setUpAccount 200',
  'GET /api/v1/admin/license getLicense 200',
  'GET /api/v1/msp/tenants listTenants 200',
  'POST /api/v1/msp/tenants provisionTenant 201,202',
  'GET /api/v1/msp/tenants/{tenantId} getTenantById 200',
  'POST /api/v1/msp/tenants/{tenantId}/retry retryTenant 201,202',
  'POST /api/v1/msp/tenants/{tenantId}/setup-token issueSetupToken 201',
  'GET /api/v1/msp/tenants/{tenantId}/health getTenantHealthById 200',
  'GET /api/v1/msp/tenants/{tenantId}/audit/summary getAuditSummary 200',
  'GET /api/v1/msp/operations/{operationId} getOperation 200',
  'GET /api/v1/tenant getTenant 200',
  'GET /api/v1/tenant/health getTenantHealth 200',
  'GET /api/v1/users listUsers 200',
  'POST /api/v1/users createUser 201',
  'GET /api/v1/users/{userId} getUser 200',
  'GET /api/v1/vault/entries listEntries 200',
  'POST /api/v1/vault/entries createEntry 201',
  'GET /api/v1/vault/entries/{entryId} getEntry 200',
  'PUT /api/v1/vault/entries/{entryId} updateEntry 200',
  'DELETE /api/v1/vault/entries/{entryId} deleteEntry 204',
  'GET /api/v1/vault/entries/{entryId}/secret readSecret 200',
  'GET /api/v1/vault/entries/{entryId}/versions listEntryVersions 200',
  'POST /api/v1/vault/entries/{entryId}/restore restoreEntry 200',
  'GET /api/v1/vault/secret readSecretByPath 200',
  'POST /api/v1/vault/secrets/read readSecrets 200',
  'GET /api/v1/vault/permissions getPermissions 200',
  'PUT /api/v1/vault/permissions putPermissions 200',
  'GET /api/v1/audit/events listAuditEvents 200',
  'GET /api/v1/audit/verify verifyAudit 200',
]

t.test('every promised operation exists', async (t) => {
  const present = new Set(
    [...operations.values()].map(
      ({ method, path, operationId, successStatuses }) =>
        `${method} ${path} ${operationId} ${successStatuses.join()}`,
    ),
  )
  for (const one of promised) t.ok(present.has(one), one)
})

t.test('no operation is without a row in this table', async (t) => {
  const ids = new Set(promised.map((one) => one.split(' ')[2]))
  for (const id of operations.keys()) t.ok(ids.has(id), id)
})
