// What an operator sees of an engine at work: a line for a refused sign-in, one for a database that is away and one when
// it is back, and metrics that name no tenant.
import t from 'tap'
import { targetFromUrl } from '../../../engine/worker/store/postgres/target.js'
import { apiOf, readyTenant, signInAdmin } from '../../support/api.js'
import { queryAs } from '../../support/database.js'
import { startEngine, startServer } from '../../support/engine.js'
import { until } from '../../support/until.js'

t.test('log and metrics', async (t) => {
  const server = await startServer(t)
  const engine = await startEngine(t, { env: { RPPAM_DATABASE_URL: server.engineUrl } })
  const call = apiOf(engine.url)
  const admin = await signInAdmin(engine)
  const acme = await readyTenant(engine, admin, 'acme')
  const lines = (message: string): Record<string, unknown>[] =>
    engine
      .output()
      .split('\n')
      .filter((line) => line.includes(message))
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  const body = { tenant: 'acme', username: 'canary', password: 'canary canary' }
  t.equal((await call('POST', 'auth/login', { body })).status, 401)
  const refused = { level: 30, address: '127.0.0.1', plane: 'tenant', code: 'invalid_credentials' }
  await until(() => lines('a sign-in was refused').length > 0)
  t.match(lines('a sign-in was refused'), [refused])
  t.notMatch(engine.output(), 'canary')

  const query = queryAs(targetFromUrl(server.url))
  const database = 'rppam_tenant_acme'
  const list = () => call('GET', 'vault/entries', { token: acme.token })
  t.equal((await list()).status, 200)
  await query(`alter database ${database} with allow_connections false`)
  await query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`,
  )
  await until(async () => (await list()).status === 503)
  for (let i = 0; i < 5; i++) t.equal((await list()).status, 503)
  await query(`alter database ${database} with allow_connections true`)
  await until(async () => (await list()).status === 200)
  await until(() => lines('is reached again').length > 0)
  t.match(lines('cannot be reached'), [{ tenantId: acme.id, reason: /\(\w+\)$/ }])
  t.equal(lines('cannot be reached').length, 1)
  t.match(lines('is reached again'), [{ tenantId: acme.id }])

  const answer = await fetch(`${engine.url}/metrics`, {
    headers: { authorization: `Bearer ${admin}` },
  })
  const text = await answer.text()
  for (const pattern of [
    /^rppam_request_duration_seconds_count\{operation="listEntries"\} \d+$/m,
    /^rppam_audit_lag_seconds_count\{thread="shard-0"\} [1-9]/m,
    /^rppam_audit_group_size_sum\{thread="management"\} [1-9]/m,
    /^rppam_database_connections\{thread="shard-0",state="used"\} \d+$/m,
    /^rppam_event_loop_delay_seconds\{thread="management",of="p99"\} [\d.e-]+$/m,
    /^rppam_sign_in_failures_total\{plane="tenant",code="invalid_credentials"\} 1$/m,
    /^rppam_database_outage_failures [6-9]$|^rppam_database_outage_failures \d\d+$/m,
  ])
    t.match(text, pattern)
  t.notMatch(text, new RegExp(`acme|${acme.id}`))

  const root = await fetch(`${engine.url}/`, { redirect: 'manual' })
  t.strictSame([root.status, root.headers.get('location')], [302, '/docs'])
})
