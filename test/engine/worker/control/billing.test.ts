// Billing events: each once by its id, of a closed list of types.
import t from 'tap'
import { type TenantId, newId } from '../../../../engine/ids.js'
import {
  type BillingType,
  billingChange,
  billingTypes,
  isBillingType,
} from '../../../../engine/worker/control/billing.js'
import { createMemoryStore } from '../../../../engine/worker/store/memory/memory-store.js'

const tenant = newId() as TenantId
const user = newId()
const event = (type: BillingType, id = newId()) =>
  billingChange(tenant, { id, type, time: 5, data: { userId: user } })

t.test('the numbers are frozen', async (t) => {
  t.same(billingTypes, {
    'tenant.provisioned': 1,
    'tenant.suspended': 2,
    'tenant.reinstated': 3,
    'tenant.deprovisioned': 4,
    'user.created': 5,
    'user.deleted': 6,
    'resource.created': 7,
    'resource.deleted': 8,
    'module.enabled': 9,
    'module.disabled': 10,
    'usage.snapshot': 11,
  })
})

t.test('what is no type', async (t) => {
  t.ok(isBillingType('user.created'))
  for (const type of ['setup.used', '', 'constructor', '__proto__', 'toString', 'User.created'])
    t.notOk(isBillingType(type), type)
})

t.test('delivered twice, taken in once', async (t) => {
  const store = createMemoryStore()
  const id = newId()
  await store.put([event('user.created', id)])
  await store.put([event('user.created', id), event('user.created')])
  t.equal(await store.count('billing_event', billingTypes['user.created']), 2)
  const [row] = await store.read('billing_event', [id])
  t.match(row, { parent: tenant, state: 5, createdTime: 5 })
  t.same(JSON.parse(row!.doc.toString()), {
    type: 'user.created',
    time: 5,
    data: { userId: user },
  })
})
