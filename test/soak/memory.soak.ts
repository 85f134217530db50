// Millions of audited secret reads do not make the engine grow: its resident memory at the end is held against what it
// was when it was warm. Garbage makes it rise and fall, so it is the least of many looks that counts, at both ends.
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { apiOf } from '../support/api.js'
import { type TestEngine, startEngine } from '../support/engine.js'
import { type KeepAlive, startKeepAlive, type Target } from './support/keep-alive.js'
import { parameter } from './support/parameters.js'
import { say, sayFigures, sayProgress } from './support/progress.js'
import { type LoadedTenant, makeTenants, signInAgain } from './support/tenant.js'

const requests = parameter('REQUESTS', 10_000_000)
const connections = parameter('CONNECTIONS', 64)
/** What caches, compiled code and the heaps of all threads may still take after the warm-up. */
const boundMiB = parameter('GROWTH_MIB', 96)
/** Of the requests. */
const warmUp = 0.1
const entries = 100
const lookMs = 1_000
const minuteMs = 60_000
/** Tokens live for ten minutes. */
const renewMs = 240_000
/** Looks that one figure is made of. */
const looksWanted = 10

const residentMiB = ({ pid }: TestEngine): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

/** The least of the next looks. */
const least = async (engine: TestEngine): Promise<number> => {
  let found = Infinity
  for (let look = 0; look < looksWanted; look++) {
    found = Math.min(found, residentMiB(engine))
    await pause(lookMs)
  }
  return Math.round(found)
}

const makeTargets = async (engine: TestEngine, { token }: LoadedTenant): Promise<Target[]> => {
  const call = apiOf(engine.url)
  const targets: Target[] = []
  for (let i = 0; i < entries; i++) {
    const fields = { username: 'root', password: `secret ${i} `.padEnd(160, 'x') }
    const body = { name: `entry ${i}`, type: 'password', fields }
    const { id } = (await call('POST', 'vault/entries', { token, body })).body
    const path = `/api/v1/vault/entries/${id}/secret`
    targets.push({ path, body: (await call('GET', path, { token })).text })
  }
  return targets
}

const untilAnswered = async (load: KeepAlive, count: number): Promise<void> => {
  let isOver = false
  void load.done.then(() => (isOver = true))
  while (load.answered < count && !isOver) await pause(lookMs)
}

t.test('memory under millions of reads', async (t) => {
  const engine = await startEngine(t)
  const [tenant] = (await makeTenants(engine, ['acme'])) as [LoadedTenant]
  const targets = await makeTargets(engine, tenant)
  const token = (): string => tenant.token
  const renewal = setInterval(() => void signInAgain(engine.url, tenant), renewMs)
  t.teardown(() => clearInterval(renewal))
  const began = performance.now()
  const load = startKeepAlive({ port: engine.port, connections, requests, targets, token })
  sayProgress(t, () => `${load.answered} of ${requests}`)
  const byMinute: number[] = []
  const minute = setInterval(() => {
    byMinute.push(Math.round(residentMiB(engine)))
    say(`minute ${byMinute.length}: ${byMinute.at(-1)} MiB resident`)
  }, minuteMs)
  t.teardown(() => clearInterval(minute))

  await untilAnswered(load, requests * warmUp)
  const warmMiB = await least(engine)
  await untilAnswered(load, requests * (1 - warmUp))
  const endMiB = await least(engine)
  await load.done
  const seconds = Math.round((performance.now() - began) / 1_000)
  sayFigures({ requests, connections, seconds, warmMiB, endMiB, boundMiB, byMinute })
  t.same(load.faults, [], 'every answer was right')
  t.equal(load.answered, requests)
  t.ok(endMiB - warmMiB <= boundMiB, `${warmMiB} MiB warm, ${endMiB} MiB at the end`)
  t.same(await engine.stop(), { code: 0, signal: null })
})
