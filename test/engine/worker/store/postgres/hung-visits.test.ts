// Databases that hang, in every way there is, are told so in time, keep nobody else from an answer, and leave nothing
// running on the server.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { freePort } from '../../../../support/engine.js'
import { lockTable } from '../../../../support/locked.js'
import { countingPassword, logIn, provision, startAdministered } from './administered.js'

const limitMs = 2_000
const countingLogin = { user: 'rppam_msp', password: countingPassword }
const unavailable = { name: 'StoreError', code: 'unavailable' }

const server = await startAdministered(t)
const { administration } = server
const acme = await provision(administration, 'acme')
const contoso = await provision(administration, 'contoso')
const placeOf = ({ databaseName }: typeof acme) => ({
  ...administration.server(),
  database: databaseName,
})
const week = [Date.now() - 7 * 86_400_000, Date.now(), 'hour'] as const
const counts = (place: ReturnType<typeof placeOf>) => administration.auditCounts(place, ...week)

/** Rejects in time; answers after how long. */
const toldIn = async (t: Test, asked: Promise<unknown>): Promise<void> => {
  const since = performance.now()
  await t.rejects(asked, unavailable)
  // The machine may be busy: half as much again.
  t.ok(performance.now() - since < limitMs * 1.5)
}

const superuser = logIn(t, server.url)
const runningIn = async (database: string): Promise<number> => {
  const [row] = await superuser`select count(*)::int as n from pg_stat_activity
    where datname = ${database} and usename = 'rppam_msp'`
  return Number(row?.['n'])
}

const untilNobody = async (database: string): Promise<boolean> => {
  for (let attempt = 0; attempt < 200; attempt++) if ((await runningIn(database)) === 0) return true
  return false
}

/** Accepts, and never says a word. */
const silentServer = async (t: Test) => {
  const sockets = new Set<Socket>()
  const silent = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined).resume())
    socket.once('close', () => sockets.delete(socket))
  }).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  return { port: (silent.address() as AddressInfo).port, sockets }
}

t.test('a lock on the audit table', async (t) => {
  const release = await lockTable(
    t,
    server,
    acme.databaseName,
    'rppam.audit_block',
    'access exclusive',
  )
  const asked = Array.from({ length: 5 }, () => toldIn(t, counts(placeOf(acme))))
  t.strictSame(await counts(placeOf(contoso)), { buckets: [], refused: 0 }, 'others are answered')
  await Promise.all(asked)
  t.ok(await untilNobody(acme.databaseName), 'the server has ended them too')
  await t.rejects(administration.ping({ ...placeOf(acme), ...countingLogin }), unavailable)
  await release()
  t.strictSame(await counts(placeOf(acme)), { buckets: [], refused: 0 })
})

t.test('a view without end', async (t) => {
  const inside = logIn(t, server.url, { database: acme.databaseName })
  const [view] = await inside`select pg_get_viewdef('rppam.audit_count'::regclass) as text`
  const make = (text: string) =>
    inside.unsafe(`drop view rppam.audit_count; create view rppam.audit_count as ${text};
      grant select on rppam.audit_count to rppam_msp`)
  await make(`select ${week[1] - 1}::bigint as bucket_start,
    (select count(*) from pg_sleep(60)) as events, 1::bigint as first_time, 1::bigint as last_time`)
  await toldIn(t, counts(placeOf(acme)))
  t.ok(await untilNobody(acme.databaseName))
  await make(String(view?.['text']))
})

t.test('two hundred that accept and never answer', async (t) => {
  const { port, sockets } = await silentServer(t)
  const hung = (n: number) => ({ ...placeOf(acme), port, database: `hung_${n}` })
  const asked = Array.from({ length: 200 }, (_, n) => toldIn(t, counts(hung(n))))
  const since = performance.now()
  t.strictSame(await counts(placeOf(contoso)), { buckets: [], refused: 0 })
  t.ok(performance.now() - since < limitMs, 'the next is not held up')
  t.ok(sockets.size <= 4, 'within the budget')
  await Promise.all(asked)
  for (let attempt = 0; attempt < 200 && sockets.size > 0; attempt++)
    await new Promise((resolve) => setImmediate(resolve))
  t.equal(sockets.size, 0, 'closed for real')
})

t.test('refused', async (t) => {
  await toldIn(t, counts({ ...placeOf(acme), port: await freePort() }))
})

t.test('a process that is stopped', async (t) => {
  const stopped = counts(placeOf(acme))
  const lock = await lockTable(
    t,
    server,
    contoso.databaseName,
    'rppam.audit_block',
    'access exclusive',
  )
  await stopped
  const asked = t.rejects(counts(placeOf(contoso)), unavailable)
  let pid: number | undefined
  for (let attempt = 0; attempt < 500 && pid === undefined; attempt++) {
    const [row] = await superuser`select pid from pg_stat_activity
      where datname = ${contoso.databaseName} and usename = 'rppam_msp' and wait_event_type = 'Lock'`
    pid = row?.['pid'] as number | undefined
  }
  t.ok(pid)
  const stop = pid!
  process.kill(stop, 'SIGSTOP')
  let goOn = (): void => void process.kill(stop, 'SIGCONT')
  t.teardown(() => goOn())
  await asked
  t.strictSame(await counts(placeOf(acme)), { buckets: [], refused: 0 })
  goOn()
  goOn = () => undefined
  await lock()
  t.strictSame(await counts(placeOf(contoso)), { buckets: [], refused: 0 }, 'the next asks anew')
})
