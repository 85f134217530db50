// Planes never mix (SPEC §2): a path below msp or admin wants a management token, all others of the API a tenant's.
import t from 'tap'
import { operations } from '../../engine/task/contract.js'

const isManagement = (path: string): boolean => /^\/api\/v1\/(msp|admin)\/|^\/metrics$/.test(path)

t.test('the plane follows from the path', async (t) => {
  for (const { path, plane, operationId } of operations.values()) {
    const expected = path.startsWith('/api/v1/auth/')
      ? ['public', 'any']
      : isManagement(path)
        ? ['management']
        : path.startsWith('/api/v1/')
          ? ['tenant']
          : ['front']
    t.ok(expected.includes(plane), `${operationId} is ${plane}`)
  }
})

t.test('the audience and the roles follow from the plane', async (t) => {
  const audiences = {
    management: 'msp',
    tenant: 'tenant',
    any: 'any',
    public: 'none',
    front: 'none',
  }
  for (const { operationId, plane, audience, roles } of operations.values()) {
    t.equal(audience, audiences[plane], operationId)
    t.equal(roles.length > 0, audience !== 'none', operationId)
    if (audience === 'msp') t.strictSame(roles, ['msp_admin'], operationId)
    if (audience === 'tenant') t.notOk(roles.includes('msp_admin'), operationId)
  }
})

t.test('nothing but sign-in and the front is open', async (t) => {
  const open = [...operations.values()].filter(({ audience }) => audience === 'none')
  t.strictSame(open.map(({ operationId }) => operationId).sort(), [
    'getAttestationKeys',
    'getContract',
    'getDocs',
    'getDocsLibrary',
    'getRoot',
    'live',
    'login',
    'ping',
    'ready',
    'refreshSession',
    'setUpAccount',
  ])
})

t.test('auditors see no vault and no users, service accounts no audit', async (t) => {
  for (const { path, roles, operationId } of operations.values()) {
    if (/\/(vault|users)/.test(path)) t.notOk(roles.includes('pam_auditor'), operationId)
    if (/\/(audit|users)/.test(path)) t.notOk(roles.includes('service_account'), operationId)
  }
})
