// Whatever way an engine ends, its server ends too, and the next start works.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import t from 'tap'
import { startEmbedded } from '../../../engine/embedded/embedded.js'
import { isGone, ownData, ownFolder, startOwner } from '../../support/owner.js'
import { silentLog } from '../../support/template.js'

const sessionOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[3]!

t.test(
  'SIGKILL: the server is gone within five seconds and nothing committed is lost',
  async (t) => {
    const dataDir = await ownData(t)
    const owner = await startOwner(t, dataDir)
    const sql = postgres(owner.url, { max: 1, onnotice: () => undefined })
    await sql`create database kept`
    const busy = sql`select pg_sleep(60)`.catch((error: unknown) => error)
    await owner.kill()
    t.ok(await isGone(dataDir, owner.pid))
    t.ok((await busy) instanceof Error, 'a statement in flight fails')
    await sql.end({ timeout: 0 })
    const next = await startOwner(t, dataDir)
    t.equal(next.error, '')
    const again = postgres(next.url, { max: 1 })
    t.equal((await again`select 1 from pg_database where datname = 'kept'`).length, 1)
    await again.end()
  },
)

t.test('a start right after the kill waits for a server that still stops', async (t) => {
  const dataDir = await ownData(t)
  const owner = await startOwner(t, dataDir)
  process.kill(owner.pid, 'SIGSTOP')
  await owner.kill()
  const starting = startOwner(t, dataDir)
  process.kill(owner.pid, 'SIGCONT')
  const next = await starting
  t.equal(next.error, '')
  t.not(next.pid, owner.pid)
})

t.test('Ctrl-C reaches the engine only', async (t) => {
  const dataDir = await ownData(t)
  const owner = await startOwner(t, dataDir)
  t.equal(sessionOf(owner.pid), String(owner.pid), 'a session of its own')
  t.not(sessionOf(owner.pid), sessionOf(owner.process.pid!))
})

t.test('a server killed alone is noticed', async (t) => {
  const dataDir = await ownData(t)
  const server = await startEmbedded({ dataDir, maxConnections: 20, log: silentLog })
  // Neither the server nor this wait keeps an engine alive.
  const alive = setInterval(() => undefined, 1000)
  process.kill(server.pid, 'SIGKILL')
  await server.ended
  clearInterval(alive)
  await server.stop()
  t.notOk(existsSync(join(dataDir, 'engine.lock')), 'and stop still works')
})

t.test('stale lock files that name living processes', async (t) => {
  const dataDir = await ownData(t)
  const owner = await startOwner(t, dataDir)
  await owner.stop()
  // Both process ids were given to somebody else since; neither is ours to wait for.
  const pidFile = [process.pid, '/proc/self/cwd', 1, 5432, '', '127.0.0.1', '', 'ready'].join('\n')
  writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), `${pidFile}\n`)
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  writeFileSync(
    join(dataDir, 'engine.lock'),
    JSON.stringify({ pid: process.pid, started: '1', boot }),
  )
  const next = await startOwner(t, dataDir)
  t.equal(next.error, '')
  t.ok(process.kill(process.pid, 0))
})

t.test('an empty or broken lock file', async (t) => {
  const dataDir = await ownData(t)
  await (await startOwner(t, dataDir)).stop()
  writeFileSync(join(dataDir, 'engine.lock'), '')
  const next = await startOwner(t, dataDir)
  t.equal(next.error, '')
})

t.test('killed while it made the cluster', async (t) => {
  const dataDir = join(ownFolder(t), 'data')
  const dying = startOwner(t, dataDir)
  dying.catch(() => undefined)
  while (!existsSync(join(dataDir, 'postgres.new', 'PG_VERSION'))) await pause(5)
  const { pid } = JSON.parse(readFileSync(join(dataDir, 'engine.lock'), 'utf8')) as { pid: number }
  process.kill(pid, 'SIGKILL')
  const next = await startOwner(t, dataDir)
  t.equal(next.error, '')
})
