// The connection to the database is lost around COMMIT, under load: before it (nothing was done), after it (it was done,
// and nobody was told), and whenever it happens; once alone, and in bursts, so that it is lost again while what became of
// it is found out.
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { startServer } from '../support/engine.js'
import { until } from '../support/until.js'
import type { CuttingRelay, Loss } from './support/cutting-relay.js'
import { loadParameters, parameter } from './support/parameters.js'
import { say } from './support/progress.js'
import { startRelayed } from './support/relayed.js'
import { momentMs, runRounds } from './support/rounds.js'
import { makeTenants } from './support/tenant.js'

const commit: Loss = { what: 'request', text: 'commit\0' }
const committed: Loss = { what: 'answer', text: 'COMMIT\0' }
/** What an append is answered with: it is one statement, without a COMMIT. */
const appended: Loss = { what: 'answer', text: 'SELECT 1\0' }
const lossesMs = 60_000

/** One after the other, each on whichever connection comes first. */
const loseEach = async (relay: CuttingRelay, losses: readonly Loss[]): Promise<boolean> => {
  for (const loss of losses) {
    relay.lose(loss)
    if (!(await until(() => relay.waiting === 0, lossesMs))) return false
    await pause(Math.random() * 200)
  }
  return true
}

/** Several at once, and all connections cut while they are being made good. */
const loseInBursts = async (relay: CuttingRelay, bursts: number): Promise<boolean> => {
  for (let burst = 0; burst < bursts; burst++) {
    for (const loss of [commit, committed, committed, appended]) relay.lose(loss)
    for (let cut = 0; cut < 5; cut++) {
      await pause(Math.random() * 100)
      relay.cutAll()
    }
    if (!(await until(() => relay.waiting === 0, lossesMs))) return false
  }
  return true
}

t.test('lost COMMITs and lost answers under load', async (t) => {
  const parameters = loadParameters()
  const bursts = parameter('BURSTS', 3)
  const { engine, relay, address } = await startRelayed(t, await startServer(t))
  await runRounds(t, {
    parameters,
    tenants: await makeTenants(engine, ['acme', 'globex']),
    engines: () => [address],
    disturb: async (round, load) => {
      await pause(momentMs(parameters) / 2)
      t.ok(await loseEach(relay, [commit, committed, appended]), 'each was lost')
      t.ok(await loseInBursts(relay, bursts), 'the bursts were lost')
      await pause(momentMs(parameters) / 2)
      await load.stop()
      say(`round ${round}: lost so far ${JSON.stringify(relay.lost)}`)
    },
  })
  t.same(await engine.stop(), { code: 0, signal: null })
})
