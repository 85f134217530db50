// What is in use is never closed: eviction waits for the last lease, and a new request for the end of the closing.
import t from 'tap'
import { House, gate, settled, tenantIds } from './open-tenants-fixture.js'

const [acme, contoso, third] = tenantIds(3) as [never, never, never]

t.test('eviction waits for every lease', async (t) => {
  const house = new House(10)
  const [one, two] = [gate(), gate()]
  const uses = [
    house.tenants.use(acme, () => one.passed),
    house.tenants.use(acme, () => two.passed),
  ]
  await settled()
  let evicted = false
  const eviction = house.tenants.evict(acme).then(() => (evicted = true))
  one.open()
  await settled()
  t.notOk(evicted, 'one lease is left')
  t.same(house.log, [`open ${acme}`])
  two.open()
  await eviction
  t.same(house.log, [`open ${acme}`, `close ${acme}`])
  await Promise.all(uses)
})

t.test('a request that comes meanwhile waits for the closing and opens it anew', async (t) => {
  const house = new House(10)
  const [busy, closing] = [gate(), gate()]
  house.closing = () => closing.passed
  const use = house.tenants.use(acme, () => busy.passed)
  await settled()
  const eviction = house.tenants.evict(acme)
  const next = house.touch(acme)
  busy.open()
  await use
  await settled()
  t.same(house.log, [`open ${acme}`], 'two contexts of one tenant would be two writers')
  closing.open()
  await Promise.all([next, eviction])
  t.same(house.log, [`open ${acme}`, `close ${acme}`, `open ${acme}`])
})

t.test('evicted again while it waits for its first closing', async (t) => {
  const house = new House(10)
  const closing = gate()
  house.closing = () => closing.passed
  await house.touch(acme)
  const first = house.tenants.evict(acme)
  const next = house.touch(acme)
  const second = house.tenants.evict(acme)
  closing.open()
  await Promise.all([first, second, next])
  t.same(house.log, [`open ${acme}`, `close ${acme}`, `open ${acme}`, `close ${acme}`])
  t.notOk(house.tenants.isOpen(acme))
})

t.test('a closing that fails is reported, and the tenant can be opened again', async (t) => {
  const house = new House(10)
  await house.touch(acme)
  house.closing = () => Promise.reject(new Error('no anchor'))
  await house.tenants.evict(acme)
  t.match(house.faults, [{ message: 'no anchor' }])
  await house.touch(acme)
  t.ok(house.tenants.isOpen(acme))
})

t.test('one that is not open', async (t) => {
  await new House(1).tenants.evict(acme)
  t.pass('resolves')
})

t.test('a full house closes the least recently used that is idle', async (t) => {
  const house = new House(2)
  const busy = gate()
  const use = house.tenants.use(acme, () => busy.passed)
  await house.touch(contoso)
  await house.touch(third)
  await settled()
  t.ok(house.tenants.isOpen(acme), 'used for longest, but used now')
  t.notOk(house.tenants.isOpen(contoso))
  await house.touch(contoso)
  t.notOk(house.tenants.isOpen(third))
  busy.open()
  await use
})

t.test('used again is recently used', async (t) => {
  const house = new House(2)
  await house.touch(acme)
  await house.touch(contoso)
  await house.touch(acme)
  await house.touch(third)
  t.ok(house.tenants.isOpen(acme))
  t.notOk(house.tenants.isOpen(contoso))
})

t.test('all in use: one more than it holds, rather than nobody served or one wiped', async (t) => {
  const house = new House(1)
  const busy = gate()
  const use = house.tenants.use(acme, () => busy.passed)
  await house.touch(contoso)
  t.same([house.tenants.isOpen(acme), house.tenants.isOpen(contoso)], [true, true])
  busy.open()
  await use
})

t.test('closing all waits for those in use', async (t) => {
  const house = new House(10)
  const busy = gate()
  const use = house.tenants.use(acme, () => busy.passed)
  await house.touch(contoso)
  let closed = false
  const closing = house.tenants.closeAll().then(() => (closed = true))
  await settled()
  t.notOk(closed)
  t.ok(house.log.includes(`close ${contoso}`))
  busy.open()
  await Promise.all([use, closing])
  t.ok(house.log.includes(`close ${acme}`))
  t.equal(house.tenants.size, 0)
})
