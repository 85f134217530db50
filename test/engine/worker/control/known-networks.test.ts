// Networks that were signed in from: known for thirty days, to their tenant alone, after a restart, and so many at most.
import t from 'tap'
import { type TenantId, installationId, newId, uuidFromBytes } from '../../../../engine/ids.js'
import { KnownNetworks } from '../../../../engine/worker/control/known-networks.js'
import { createMemoryStore } from '../../../../engine/worker/store/memory/memory-store.js'
import { TestClock } from '../audit/fixture.js'
import { installationKeys } from './fixture.js'

const dayMs = 86_400_000
const keys = installationKeys()
const [acme, contoso] = [newId() as TenantId, newId() as TenantId]
const office = '192.0.2.0/24'

const setUp = () => {
  const store = createMemoryStore()
  const clock = new TestClock()
  const open = () => new KnownNetworks(store, keys, clock)
  return { store, clock, open, networks: open() }
}

t.test('known to its tenant and to no other, also to who opens it anew', async (t) => {
  const { networks, open } = setUp()
  t.equal(await networks.isKnown(acme, office), false)
  await networks.learn(acme, office)
  await networks.learn(installationId, '2001:db8:0:0::/64')
  for (const one of [networks, open()]) {
    t.equal(await one.isKnown(acme, office), true)
    t.equal(await one.isKnown(installationId, '2001:db8:0:0::/64'), true)
    for (const [tenant, network] of [
      [contoso, office],
      [installationId, office],
      [acme, '192.0.3.0/24'],
    ] as const)
      t.equal(await one.isKnown(tenant, network), false)
  }
})

t.test('for thirty days after the last sign-in from there', async (t) => {
  const { networks, clock } = setUp()
  await networks.learn(acme, office)
  clock.time += 29 * dayMs
  await networks.learn(acme, office)
  clock.time += 29 * dayMs
  t.equal(await networks.isKnown(acme, office), true)
  clock.time += dayMs
  t.equal(await networks.isKnown(acme, office), false)
  await networks.learn(acme, office)
  t.equal(await networks.isKnown(acme, office), true)
})

t.test('within a day nothing is written again', async (t) => {
  const { networks, store, clock } = setUp()
  await networks.learn(acme, office)
  const written = store.calls.get('put')
  for (let i = 0; i < 5; i++) await networks.learn(acme, office)
  t.equal(store.calls.get('put'), written)
  clock.time += dayMs
  await networks.learn(acme, office)
  t.equal(store.calls.get('put'), written! + 1)
})

t.test(
  'so many of a tenant: those not signed in from for longest go, and only of it',
  async (t) => {
    const { networks, store, clock } = setUp()
    await networks.learn(contoso, office)
    for (let i = 0; i < 300; i++) {
      clock.time += 1
      await networks.learn(acme, `10.0.${i}.0/24`)
    }
    const known = await Promise.all(
      [0, 43, 44, 299].map((i) => networks.isKnown(acme, `10.0.${i}.0/24`)),
    )
    t.strictSame(known, [false, false, true, true])
    t.equal(await networks.isKnown(contoso, office), true)
    t.equal(await store.count('known_network', null), 257)
  },
)

t.test(
  'a row says neither network nor tenant to who has no key, and serves no other tenant',
  async (t) => {
    const { networks, store } = setUp()
    await networks.learn(acme, office)
    const [row] = await store.list('known_network', { state: 0, offset: 0, limit: 9, secret: true })
    const [value] = keys.index('knownNetwork', [acme, office])
    t.equal(row!.id, uuidFromBytes(value!.value))
    t.equal(row!.doc.length, 0)
    store.tamper('known_network', row!.id, (stored) => ({ ...stored, parent: contoso }))
    t.equal(await networks.isKnown(contoso, office), false)
    t.equal(await networks.isKnown(acme, office), false)
  },
)

t.test('what is being written is waited for', async (t) => {
  const { networks, open } = setUp()
  void networks.learn(acme, office)
  await networks.settle()
  t.equal(await open().isKnown(acme, office), true)
})
