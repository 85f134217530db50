// The disk of the database is full, under load: that of its data, whose statements then fail, and every second time that
// of its WAL, which ends the server. Callers are told so with 503, the engine lives, and when there is room again
// everything that was acknowledged is there.
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { statusOf } from '../support/engine.js'
import { until } from '../support/until.js'
import { loadParameters } from './support/parameters.js'
import { say, totalsOf } from './support/progress.js'
import { startRelayed } from './support/relayed.js'
import { momentMs, runRounds } from './support/rounds.js'
import { mountRefusal, startSmallServer } from './support/small-disk.js'
import { type LoadedTenant, makeTenants } from './support/tenant.js'

/** Room is found for a while in what is there already. */
const fullMs = 120_000
const refusalsWanted = 50

const refusalsOf = (tenants: readonly LoadedTenant[]): number =>
  Object.values(totalsOf(tenants).refusals).reduce((sum, count) => sum + count, 0)

t.test('a full disk under load', { skip: mountRefusal() }, async (t) => {
  const parameters = loadParameters()
  const server = await startSmallServer(t)
  const { engine, relay, address } = await startRelayed(t, server.address)
  const tenants = await makeTenants(engine, ['acme', 'globex'])
  await runRounds(t, {
    parameters,
    tenants,
    engines: () => [address],
    disturb: async (round, load) => {
      await pause(momentMs(parameters))
      const [name, disk] = round % 2 === 0 ? ['WAL', server.wal] : ['data', server.data]
      const before = refusalsOf(tenants)
      disk.fill()
      const isTold = await until(() => refusalsOf(tenants) >= before + refusalsWanted, fullMs)
      t.ok(isTold, `${name}: callers are refused`)
      t.equal(await statusOf(`${engine.url}/system/health/live`), 200, 'the engine lives')
      disk.makeRoom()
      relay.target = await server.revive()
      await pause(momentMs(parameters) / 2)
      await load.stop()
      say(`round ${round}: ${name}, ${JSON.stringify(totalsOf(tenants).refusals)}`)
    },
  })
  t.same(await engine.stop(), { code: 0, signal: null })
})
