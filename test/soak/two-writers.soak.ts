// Two engines of one name on one installation: each takes itself for the only writer of its tenants' chains. Both are
// loaded, and in turns one is started anew while the other goes on with the chain that it takes for its own. Nothing is lost, and a read at one shows what the other acknowledged.
import { setTimeout as pause } from 'node:timers/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type TestEngine, startEngine, startServer, statusOf } from '../support/engine.js'
import { until } from '../support/until.js'
import { loadParameters } from './support/parameters.js'
import { momentMs, runRounds } from './support/rounds.js'
import { makeTenants } from './support/tenant.js'

/** On the port of one that has ended, whose callers go on asking there. */
const startAt = async (
  t: Test,
  { url, port }: TestEngine,
  env: Readonly<Record<string, string>>,
): Promise<TestEngine> => {
  const options = { env: { ...env, RPPAM_LISTEN_PORT: String(port) }, wait: false }
  const engine = await startEngine(t, options)
  const isReady = await until(async () => (await statusOf(`${url}/system/health/ready`)) === 200)
  if (!isReady) throw new Error(`not ready: ${engine.output()}`)
  return { ...engine, url, port }
}

t.test('two engines of one name', async (t) => {
  const parameters = loadParameters()
  const server = await startServer(t, 100)
  const common = {
    RPPAM_DATABASE_URL: server.engineUrl,
    RPPAM_DATABASE_MAX_CONNECTIONS: '40',
    RPPAM_NODE_NAME: 'twin',
  }
  const first = await startEngine(t, { env: common })
  const env = {
    ...common,
    RPPAM_BOOTSTRAP_PASSWORD: first.adminPassword,
    RPPAM_KEYS_MEK_FILE: join(first.dataDir, 'mek.key'),
  }
  const engines: TestEngine[] = [first, await startEngine(t, { env })]
  await runRounds(t, {
    parameters,
    tenants: await makeTenants(first, ['acme', 'globex']),
    engines: () => engines.map((engine) => ({ ...engine, dataDir: server.dataDir })),
    disturb: async (round, load) => {
      await pause(momentMs(parameters))
      const turn = round % 2
      const before = engines[turn]!
      t.same(await before.stop(), { code: 0, signal: null })
      engines[turn] = await startAt(t, before, env)
      await pause(momentMs(parameters))
      await load.stop()
    },
  })
  for (const engine of engines) t.same(await engine.stop(), { code: 0, signal: null })
})
