// Ctrl-C on `npm start` reaches npm and the engine, and npm hands it on once more, 0–2 ms later: the engine drains all
// the same, also when it has not started yet. RPPAM_TEST_STOPS=20 tries it as often.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { clearPredecessor, processesIn } from '../../../engine/embedded/predecessor.js'
import { packageRoot } from '../../../engine/root.js'
import { ensureBuilt, freePort, statusOf } from '../../support/engine.js'
import { copyOfTemplate, temporaryFolder } from '../../support/template.js'
import { until } from '../../support/until.js'

const settings = (dataDir: string, port: number) => ({
  RPPAM_DATA_DIR: dataDir,
  RPPAM_LISTEN_PORT: String(port),
  RPPAM_BOOTSTRAP_PASSWORD: 'a bootstrap password',
})

/** In a group of its own, as a shell at a terminal would start it. */
const startByNpm = async (t: Test) => {
  ensureBuilt()
  const folder = temporaryFolder()
  const dataDir = await copyOfTemplate(folder)
  const port = await freePort()
  const child = spawn('npm', ['start'], {
    cwd: packageRoot,
    env: { PATH: process.env['PATH'], HOME: folder, ...settings(dataDir, port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const signal = (name: NodeJS.Signals): boolean => process.kill(-child.pid!, name)
  const ended = once(child, 'close') as Promise<[number | null, string | null]>
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) signal('SIGKILL')
    await ended
    await clearPredecessor(join(dataDir, 'postgres'))
    rmSync(folder, { recursive: true, force: true })
  })
  return { dataDir, port, signal, ended, output: () => output }
}

/** No timer is as exact. */
const spin = (milliseconds: number): void => {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

type Started = Awaited<ReturnType<typeof startByNpm>>

const twice = ({ signal }: Started, gap: number): void => {
  signal('SIGINT')
  spin(gap)
  signal('SIGINT')
}

const drained = async (t: Test, { dataDir, ended, output }: Started): Promise<void> => {
  t.strictSame(await ended, [0, null], output())
  t.match(output(), /draining/)
  t.strictSame(processesIn(join(dataDir, 'postgres')), [], 'the server has ended')
  t.notOk(existsSync(join(dataDir, 'engine.lock')))
}

const rounds = Number(process.env['RPPAM_TEST_STOPS'] ?? 3)

for (let round = 0; round < rounds; round++)
  t.test(`two signals, ${round % 3} ms apart`, async (t) => {
    const started = await startByNpm(t)
    const ready = `http://127.0.0.1:${started.port}/system/health/ready`
    await until(async () => (await statusOf(ready)) === 200)
    twice(started, round % 3)
    await drained(t, started)
  })

t.test('while it starts', async (t) => {
  const started = await startByNpm(t)
  await until(async () => existsSync(join(started.dataDir, 'engine.lock')))
  twice(started, 1)
  await drained(t, started)
})
