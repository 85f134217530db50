// By the clock: idle tenants close, the others anchor; what fails in one is no matter of the others.
import t from 'tap'
import { House, gate, settled, tenantIds } from './open-tenants-fixture.js'

const [acme, contoso] = tenantIds(2) as [never, never]

t.test('idle for longer than it may', async (t) => {
  const house = new House(10, 1_000)
  await house.touch(acme)
  house.now = 500
  await house.touch(contoso)
  house.now = 1_000
  await house.tenants.sweep()
  t.ok(house.tenants.isOpen(acme), 'exactly as long as it may')
  house.now = 1_001
  await house.tenants.sweep()
  await settled()
  t.notOk(house.tenants.isOpen(acme))
  t.ok(house.tenants.isOpen(contoso))
  t.ok(house.log.includes(`close ${acme}`))
})

t.test('in use for longer than that stays', async (t) => {
  const house = new House(10, 1_000)
  const busy = gate()
  const use = house.tenants.use(acme, () => busy.passed)
  await settled()
  house.now = 1_000_000
  await house.tenants.sweep()
  t.ok(house.tenants.isOpen(acme))
  busy.open()
  await use
})

t.test('being swept is no use', async (t) => {
  const house = new House(10, 1_000)
  await house.touch(acme)
  for (house.now = 0; house.now <= 2_000; house.now += 500) await house.tenants.sweep()
  t.notOk(house.tenants.isOpen(acme))
})

t.test('every open one gets its tick, also beside one that fails', async (t) => {
  const house = new House(10)
  await house.touch(acme)
  await house.touch(contoso)
  house.ticking = (tenant) =>
    tenant === acme ? Promise.reject(new Error('no sink')) : Promise.resolve()
  await house.tenants.sweep()
  t.ok(house.log.includes(`tick ${contoso}`))
  t.match(house.faults, [{ message: 'no sink' }])
  t.ok(house.tenants.isOpen(acme))
})

t.test('a tick holds a lease: it is not closed under it', async (t) => {
  const house = new House(10)
  const ticking = gate()
  await house.touch(acme)
  house.ticking = () => ticking.passed
  const sweep = house.tenants.sweep()
  await settled()
  const eviction = house.tenants.evict(acme)
  await settled()
  t.notOk(house.log.includes(`close ${acme}`))
  ticking.open()
  await Promise.all([sweep, eviction])
  t.same(house.log, [`open ${acme}`, `tick ${acme}`, `close ${acme}`])
})
