// Twenty tenants at once, by two engines that know nothing of each other.
import t from 'tap'
import { administer, provision, startAdministered, works } from './administered.js'

const server = await startAdministered(t)
const engines = [server.administration, administer(t, server.engineUrl)]
const codes = Array.from({ length: 20 }, (_, i) => `tenant-${i}`)

t.test('made at once, and some gone at once', async (t) => {
  const made = await Promise.all(codes.map((code, i) => provision(engines[i % 2]!, code)))
  t.equal(new Set(made.map(({ databaseName }) => databaseName)).size, 20)
  for (const names of made) t.ok(await works(t, server.engineUrl, names), names.databaseName)
  // Each drop costs a checkpoint: four are enough to be at once.
  const [kept, ...dropped] = made.slice(0, 5)
  await Promise.all(dropped.map((names, i) => engines[i % 2]!.dropTenant(names)))
  t.ok(await works(t, server.engineUrl, kept!))
})
