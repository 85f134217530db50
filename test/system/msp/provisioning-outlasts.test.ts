// A provisioning outlasts what passes: connections that are cut, and an engine that is told to end while somebody waits.
import t from 'tap'
import { administrativeServer } from '../../support/administrator.js'
import { apiOf, signInAdmin } from '../../support/api.js'
import { type TestEngine, startEngine, startServer } from '../../support/engine.js'
import { queryAs } from '../../support/database.js'
import { lockTable } from '../../support/locked.js'
import { until } from '../../support/until.js'
import { targetFromUrl } from '../../../engine/worker/store/postgres/target.js'

const provision = (engine: TestEngine, token: string, shortCode: string) =>
  apiOf(engine.url)('POST', 'msp/tenants', {
    token,
    headers: { prefer: 'wait=60' },
    body: { shortCode, displayName: shortCode, contactEmail: 'it@example.org' },
  })

const untilActive = (engine: TestEngine, token: string, count: number): Promise<boolean> =>
  until(async () => {
    const active = await apiOf(engine.url)('GET', 'msp/tenants?status=active&pageSize=1', { token })
    return Number(active.headers.get('x-total-count')) >= count
  })

t.test('every connection cut, again and again', async (t) => {
  const server = await startServer(t)
  const engine = await startEngine(t, { env: { RPPAM_DATABASE_URL: server.engineUrl } })
  const token = await signInAdmin(engine)
  const answers = Promise.all(['one', 'two', 'three'].map((code) => provision(engine, token, code)))
  const cut = queryAs(targetFromUrl(server.url))
  let cuts = 0
  for (let i = 0; i < 12; i++) {
    const [row] = await cut(`select count(pg_terminate_backend(pid)) from pg_stat_activity
      where application_name like 'rppam/%'`)
    cuts += Number(row?.[0])
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  t.ok(cuts > 0)
  const made = (await answers).filter(({ status }) => status === 201 || status === 202)
  t.ok(await untilActive(engine, token, made.length), 'who was promised a tenant has one')
  await engine.stop()
})

t.test('SIGTERM while somebody waits for it', async (t) => {
  const engine = await startEngine(t)
  const token = await signInAdmin(engine)
  const codes = Array.from({ length: 24 }, (_, i) => `tenant-${i}`)
  const answers = Promise.all(codes.map((code) => provision(engine, token, code)))
  t.ok(await untilActive(engine, token, 1))
  // From here on no roles are made: whoever has none yet would wait for ever.
  await lockTable(t, administrativeServer(engine), 'postgres', 'pg_catalog.pg_authid')
  engine.process.kill('SIGTERM')
  const statuses = (await answers).map(({ status }) => status)
  t.ok(
    statuses.every((status) => status === 201 || status === 202),
    `all are answered: ${statuses.join(' ')}`,
  )
  t.ok(statuses.includes(202), 'who would have waited for longer is told so')
  t.strictSame(await engine.exited, { code: 0, signal: null })
  const env = { RPPAM_BOOTSTRAP_PASSWORD: engine.adminPassword }
  const again = await startEngine(t, { dataDir: engine.dataDir, env })
  t.ok(await untilActive(again, await signInAdmin(again), codes.length), 'the next start goes on')
  await again.stop()
})
