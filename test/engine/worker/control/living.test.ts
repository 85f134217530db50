// Users and resources as the events tell: made and not deleted, of each tenant, and none counts for more than it may have.
import t from 'tap'
import { type TenantId, newId } from '../../../../engine/ids.js'
import { billingChange, type BillingType } from '../../../../engine/worker/control/billing.js'
import { countBounded, countLiving, livingOf } from '../../../../engine/worker/control/living.js'
import { createMemoryStore } from '../../../../engine/worker/store/memory/memory-store.js'

const [acme, contoso] = [newId() as TenantId, newId() as TenantId]
const event = (tenant: TenantId, type: BillingType) =>
  billingChange(tenant, { id: newId(), type, time: 5, data: {} })

const storeWith = async (counts: readonly (readonly [TenantId, BillingType, number])[]) => {
  const store = createMemoryStore()
  for (const [tenant, type, count] of counts)
    for (let i = 0; i < count; i++) await store.put([event(tenant, type)])
  return store
}

const directory = (limits: ReadonlyMap<string, number> = new Map()) => ({
  limits: async () => limits,
})

t.test('made and not deleted, of each tenant', async (t) => {
  const store = await storeWith([
    [acme, 'user.created', 3],
    [acme, 'user.deleted', 1],
    [acme, 'resource.created', 2],
    [contoso, 'user.created', 1],
    [contoso, 'tenant.provisioned', 1],
  ])
  t.same(
    await livingOf(store, 'user'),
    new Map([
      [acme, 2],
      [contoso, 1],
    ]),
  )
  t.same(await livingOf(store, 'user', contoso), new Map([[contoso, 1]]))
  t.same(await livingOf(store, 'resource', contoso), new Map())
  t.equal(await countLiving(store, directory(), 'user'), 3)
  t.equal(await countLiving(store, directory(), 'resource'), 2)
})

t.test('no tenant counts for more than it may have, nor for fewer than none', async (t) => {
  const store = await storeWith([
    [acme, 'user.created', 9],
    [contoso, 'user.created', 1],
    [contoso, 'user.deleted', 5],
  ])
  t.equal(await countLiving(store, directory(new Map([[acme, 4]])), 'user'), 4)
  t.equal(await countLiving(store, directory(new Map([[contoso, 4]])), 'user'), 9)
})

t.test('limits are asked for only where it could matter', async (t) => {
  const counts = new Map([
    [acme, 5],
    [contoso, 1],
  ])
  const unasked = () => Promise.reject(new Error('not needed'))
  t.equal(await countBounded(counts, 7, unasked), 6)
  await t.rejects(countBounded(counts, 6, unasked), { message: 'not needed' })
  t.equal(await countBounded(counts, 6, async () => new Map([[acme, 2]])), 3)
})
