// Who has not signed in opens cold tenants within a small budget, and closes none that a signed-in caller has used.
import t from 'tap'
import { House, gate, settled, tenantIds } from './open-tenants-fixture.js'

const unauthenticatedPlaces = 16

t.test('sixteen openings at once and no more, until one has ended', async (t) => {
  const house = new House(100)
  const doors = gate()
  house.opening = () => doors.passed
  const tenants = tenantIds(unauthenticatedPlaces + 1)
  const waiting = tenants.slice(0, unauthenticatedPlaces).map((tenant) => house.knock(tenant))
  await t.rejects(house.knock(tenants.at(-1)!), { code: 'overloaded' })
  await Promise.race([
    house.tenants.use(tenants.at(-1)!, () => Promise.resolve()),
    settled().then(doors.open),
  ])
  await Promise.all(waiting)
  await house.knock(tenantIds(1)[0]!)
  t.equal(house.tenants.size, unauthenticatedPlaces + 2)
})

t.test('openings that fail give their place back', async (t) => {
  const house = new House(100)
  house.opening = () => Promise.reject(new Error('unknown tenant'))
  const knocks = async (): Promise<unknown[]> => {
    const results = await Promise.allSettled(
      tenantIds(unauthenticatedPlaces).map((id) => house.knock(id)),
    )
    return results.map((result) => result.status === 'rejected' && result.reason.message)
  }
  for (let round = 0; round < 3; round++)
    t.same(new Set(await knocks()), new Set(['unknown tenant']))
  t.equal(house.tenants.size, 0)
})

t.test('an open tenant costs none of it', async (t) => {
  const house = new House(1)
  const [acme] = tenantIds(1) as [never]
  await house.touch(acme)
  for (let i = 0; i < 50; i++) await house.knock(acme)
  t.equal(house.log.length, 1)
})

t.test(
  'a full house lets the unauthenticated in, and none of them closes a tenant that is used',
  async (t) => {
    const house = new House(3)
    const own = tenantIds(3)
    for (const tenant of own) await house.touch(tenant)
    for (const tenant of tenantIds(100)) await house.knock(tenant)
    t.ok(own.every((tenant) => house.tenants.isOpen(tenant)))
    t.equal(house.tenants.size, 3 + unauthenticatedPlaces)
  },
)

t.test('one that the unauthenticated use is not closed for another', async (t) => {
  const house = new House(1)
  const busy = gate()
  const uses = tenantIds(1 + unauthenticatedPlaces).map((tenant) =>
    house.tenants.useWithoutEvicting(tenant, () => busy.passed),
  )
  // One opening more than may be under way at once: the first sixteen are open by the next turn.
  const results = Promise.allSettled(uses)
  await settled()
  const late = house.tenants.useWithoutEvicting(tenantIds(1)[0]!, () => busy.passed)
  await settled()
  await t.rejects(house.knock(tenantIds(1)[0]!), { code: 'overloaded' })
  busy.open()
  await late
  await results
  t.notOk(house.log.some((line) => line.startsWith('close')))
})

t.test('once signed in it is held like any other', async (t) => {
  const house = new House(1)
  const [acme] = tenantIds(1) as [never]
  await house.knock(acme)
  await house.touch(acme)
  for (const tenant of tenantIds(50)) await house.knock(tenant)
  t.ok(house.tenants.isOpen(acme))
})

t.test('signed-in callers close those of the unauthenticated first', async (t) => {
  const house = new House(2)
  const [old, visited, next] = tenantIds(3) as [never, never, never]
  await house.touch(old)
  await house.knock(visited)
  await house.touch(next)
  t.same(
    [old, visited, next].map((tenant) => house.tenants.isOpen(tenant)),
    [true, false, true],
  )
})
