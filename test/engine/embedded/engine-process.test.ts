// The engine's process and its embedded server live and end together.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startEngine, statusOf } from '../../support/engine.js'
import { isGone } from '../../support/owner.js'

const serverOf = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])

t.test('SIGTERM: exit 0, and the server is gone', async (t) => {
  const engine = await startEngine(t)
  const server = serverOf(engine.dataDir)
  t.equal(await statusOf(`${engine.url}/system/health/ping`), 200)
  t.strictSame(await engine.stop(), { code: 0, signal: null })
  t.ok(await isGone(engine.dataDir, server))
})

t.test('a second Ctrl-C in the same moment does not cut the drain', async (t) => {
  const engine = await startEngine(t)
  engine.process.kill('SIGINT')
  engine.process.kill('SIGTERM')
  t.strictSame(await engine.exited, { code: 0, signal: null })
})

t.test('SIGKILL: the server is gone within five seconds, the next engine recovers', async (t) => {
  const engine = await startEngine(t)
  const server = serverOf(engine.dataDir)
  t.strictSame(await engine.kill(), { code: null, signal: 'SIGKILL' })
  t.ok(await isGone(engine.dataDir, server))
  const next = await startEngine(t, { dataDir: engine.dataDir })
  t.equal(await statusOf(`${next.url}/system/health/ready`), 200)
  await next.stop()
})

t.test('a wrong setting stops the start with one line', async (t) => {
  const engine = await startEngine(t, {
    env: { RPPAM_LISTEN_PROT: 'canary' },
    wait: false,
    fresh: true,
  })
  t.strictSame(await engine.exited, { code: 1, signal: null })
  t.equal(engine.output(), 'rppam: unknown variable RPPAM_LISTEN_PROT\n')
})
