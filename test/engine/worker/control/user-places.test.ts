// Room for one user more: up to the tenant's own limit, then up to the licence's; of many who ask at once no more get a
// place than there are.
import t from 'tap'
import { type TenantId, newId } from '../../../../engine/ids.js'
import { billingChange } from '../../../../engine/worker/control/billing.js'
import { type Places, UserPlaces } from '../../../../engine/worker/control/user-places.js'
import { createMemoryStore } from '../../../../engine/worker/store/memory/memory-store.js'

const [acme, contoso] = [newId() as TenantId, newId() as TenantId]

interface Setting {
  readonly maxUsers?: number | null
  readonly expiresTime?: number | null
  readonly own?: ReadonlyMap<TenantId, number>
}

const setUp = ({ maxUsers = null, expiresTime = null, own = new Map() }: Setting = {}) => {
  const store = createMemoryStore()
  const places = new UserPlaces({
    license: { maxUsers, expiresTime },
    clock: { now: () => 1_000 },
    directory: {
      get: async (tenant: TenantId) => ({ maxUsers: own.get(tenant) ?? null }),
      limits: async () => own,
    },
    context: { store },
  } as unknown as Places)
  const hold = (tenant: TenantId, event = newId(), isFull = false) =>
    places.hold({ tenant, event, isFull })
  const arrive = (tenant: TenantId, id = newId()) =>
    places.taken([id], () =>
      store.put([billingChange(tenant, { id, type: 'user.created', time: 0, data: {} })]),
    )
  return { store, places, hold, arrive }
}

const ofTenant = { code: 'tenant_limit_reached' }
const ofLicense = { code: 'license_limit_reached' }

const outcomes = async (asked: readonly Promise<void>[]): Promise<number> =>
  (await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled').length

t.test(
  'as many as the licence has, of all tenants together, however many ask at once',
  async (t) => {
    const { hold, arrive } = setUp({ maxUsers: 3 })
    await arrive(acme)
    const asked = Array.from({ length: 20 }, (_, i) => hold(i % 2 === 0 ? acme : contoso))
    t.equal(await outcomes(asked), 2)
    await t.rejects(hold(contoso), ofLicense)
  },
)

t.test('the tenant’s own limit first', async (t) => {
  const { hold, arrive } = setUp({ maxUsers: 5, own: new Map([[acme, 2]]) })
  await arrive(acme)
  await hold(acme)
  await t.rejects(hold(acme), ofTenant)
  await hold(contoso)
  t.equal(await outcomes(Array.from({ length: 9 }, () => hold(contoso))), 2)
})

t.test('what the tenant’s own rows say counts too', async (t) => {
  const { hold } = setUp({ own: new Map([[acme, 2]]) })
  await t.rejects(hold(acme, newId(), true), ofTenant)
  await hold(acme)
})

t.test('a limit that is the licence’s is not the tenant’s own', async (t) => {
  const { hold } = setUp({ maxUsers: 1, own: new Map([[acme, 1]]) })
  await hold(acme)
  await t.rejects(hold(acme), ofLicense)
})

t.test(
  'a place that is released is free; one whose event comes in stays taken, once',
  async (t) => {
    const { hold, arrive, places } = setUp({ maxUsers: 2 })
    const [first, second] = [newId(), newId()]
    await hold(acme, first)
    await hold(acme, second)
    places.release(second)
    await arrive(acme, first)
    await arrive(acme, first)
    await hold(contoso)
    await t.rejects(hold(contoso), ofLicense)
  },
)

t.test('an event that could not be taken in keeps its place', async (t) => {
  const { hold, places } = setUp({ maxUsers: 1 })
  const event = newId()
  await hold(acme, event)
  await t.rejects(
    places.taken([event], () => Promise.reject(new Error('away'))),
    { message: 'away' },
  )
  await t.rejects(hold(acme), ofLicense)
})

t.test('one tenant’s events take no place beyond its own limit', async (t) => {
  const { hold, arrive } = setUp({ maxUsers: 5, own: new Map([[acme, 2]]) })
  for (let i = 0; i < 50; i++) await arrive(acme)
  t.equal(await outcomes(Array.from({ length: 9 }, () => hold(contoso))), 3)
  await t.rejects(hold(acme), ofTenant)
})

t.test('after the licence has expired: none', async (t) => {
  await t.rejects(setUp({ expiresTime: 1_000 }).hold(acme), ofLicense)
  await setUp({ expiresTime: 1_001 }).hold(acme)
})
