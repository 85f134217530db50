// A tenant is opened once, by its first request; one that does not open is tried again by the next.
import t from 'tap'
import { House, settled, tenantIds } from './open-tenants-fixture.js'

const [acme, contoso] = tenantIds(2) as [never, never]

t.test('many at once open it once, and all get the same context', async (t) => {
  const house = new House(10)
  const contexts = await Promise.all(
    Array.from({ length: 20 }, () => house.tenants.use(acme, async (context) => context)),
  )
  t.equal(new Set(contexts).size, 1)
  t.same(house.log, [`open ${acme}`])
  t.equal(house.tenants.size, 1)
})

t.test('what use answers and throws is passed on', async (t) => {
  const house = new House(10)
  t.equal(await house.tenants.use(acme, async () => 7), 7)
  await t.rejects(
    house.tenants.use(acme, () => Promise.reject(new Error('mine'))),
    { message: 'mine' },
  )
  t.ok(house.tenants.isOpen(acme), 'a failed request closes nothing')
})

t.test(
  'a failed opening is told to all who waited, stays nowhere, and is tried again',
  async (t) => {
    const house = new House(10)
    house.opening = () => Promise.reject(new Error('no database'))
    const results = await Promise.allSettled([house.touch(acme), house.touch(acme)])
    t.ok(results.every(({ status }) => status === 'rejected'))
    t.equal(house.tenants.size, 0)
    house.opening = () => Promise.resolve()
    await house.touch(acme)
    t.ok(house.tenants.isOpen(acme))
    t.same(house.faults, [], 'its callers were told')
  },
)

t.test('one that hangs while it opens holds up nobody else', async (t) => {
  const house = new House(10)
  house.opening = (tenant) => (tenant === acme ? new Promise(() => undefined) : Promise.resolve())
  void house.touch(acme)
  await house.touch(contoso)
  t.same(house.log, [`open ${contoso}`])
})

t.test('failing while it is being closed', async (t) => {
  const house = new House(10)
  let fail = (_: Error): void => undefined
  house.opening = () => new Promise((_resolve, reject) => (fail = reject))
  const used = house.touch(acme)
  await settled()
  const evicted = house.tenants.evict(acme)
  fail(new Error('no database'))
  await t.rejects(used, { message: 'no database' })
  await evicted
  house.opening = () => Promise.resolve()
  await house.touch(acme)
  t.same(house.log, [`open ${acme}`])
})
