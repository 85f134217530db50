// SIGKILL of the engine under load, again and again; every second time its server is killed in the same moment, so that
// nobody tells it to end. What was acknowledged is there, what was refused is not, and the audit log is whole.
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { postmasterOf } from '../../engine/embedded/postmaster.js'
import { type TestEngine, startEngine } from '../support/engine.js'
import { loadParameters } from './support/parameters.js'
import { momentMs, runRounds } from './support/rounds.js'
import { makeTenants } from './support/tenant.js'

const serverOf = ({ dataDir }: TestEngine): number =>
  Number(postmasterOf(join(dataDir, 'postgres'))?.pid)

t.test('killed under load', async (t) => {
  const parameters = loadParameters()
  let engine = await startEngine(t)
  const { dataDir } = engine
  const env = { RPPAM_BOOTSTRAP_PASSWORD: engine.adminPassword }
  await runRounds(t, {
    parameters,
    tenants: await makeTenants(engine, ['acme', 'globex']),
    engines: () => [engine],
    disturb: async (round, load) => {
      await pause(momentMs(parameters))
      if (round % 2 === 0) process.kill(serverOf(engine), 'SIGKILL')
      const killed = await engine.kill()
      await load.stop()
      t.equal(killed.signal, 'SIGKILL')
      engine = await startEngine(t, { dataDir, env })
    },
  })
  t.same(await engine.stop(), { code: 0, signal: null })
})
