// Who has not signed in closes no tenant that a signed-in caller has used, and is refused nothing that would tell that a
// tenant exists.
import t from 'tap'
import { House, gate, settled, tenantIds } from './open-tenants-fixture.js'

const unauthenticatedPlaces = 16

t.test('many cold ones at once are opened like one', async (t) => {
  const house = new House(100)
  const doors = gate()
  house.opening = () => doors.passed
  const waiting = Promise.all(tenantIds(60).map((tenant) => house.knock(tenant)))
  await settled()
  doors.open()
  await waiting
  t.equal(house.log.length, 60)
})

t.test('openings that fail leave nothing behind', async (t) => {
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

t.test('in a full house none that is used is closed, and the room is given back', async (t) => {
  const house = new House(1)
  const busy = gate()
  const uses = tenantIds(2 * unauthenticatedPlaces).map((tenant) =>
    house.tenants.useWithoutEvicting(tenant, () => busy.passed),
  )
  await settled()
  t.equal(house.tenants.size, 2 * unauthenticatedPlaces)
  busy.open()
  await Promise.all(uses)
  t.notOk(house.log.some((line) => line.startsWith('close')))
  await house.knock(tenantIds(1)[0]!)
  t.equal(house.tenants.size, 1 + unauthenticatedPlaces)
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
