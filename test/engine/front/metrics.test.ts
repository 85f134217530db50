// Counts by operation and status, and what is in memory; never a label that a request could choose.
import t from 'tap'
import { createMetrics } from '../../../engine/front/metrics.js'
import { Tally } from '../../../engine/tally.js'

const tally = (...values: number[]) => {
  const made = new Tally([1, 2])
  values.forEach((value) => made.add(value))
  return made.read()
}

const thread = (name: string, openTenants: number) => ({
  thread: name,
  openTenants,
  connections: { used: 2, waiting: 1, max: 8 },
  loopDelay: { mean: 0.001, p99: 0.002, max: 0.004 },
  auditLag: tally(0.5, 3),
  auditGroup: tally(2),
  outageFailures: 4,
})

const sources = {
  pending: () => 3,
  threads: async () => [thread('management', 9), thread('shard-0', 2), thread('shard-1', 3)],
  version: '1.2.3',
}

t.test('requests by operation and status, each look the same counts', async (t) => {
  const metrics = createMetrics(sources)
  for (let i = 0; i < 3; i++) metrics.count('readSecret', 200, 3)
  metrics.count('readSecret', 403, 3)
  metrics.count('none', 404, 3)
  for (let look = 0; look < 2; look++) {
    const text = await metrics.text()
    t.match(text, 'rppam_requests_total{operation="readSecret",status="200"} 3\n')
    t.match(text, 'rppam_requests_total{operation="readSecret",status="403"} 1\n')
    t.match(text, 'rppam_requests_total{operation="none",status="404"} 1\n')
  }
  metrics.count('readSecret', 200, 3)
  t.match(await metrics.text(), 'rppam_requests_total{operation="readSecret",status="200"} 4\n')
})

t.test('what is in memory now, and the version', async (t) => {
  let pending = 1
  const metrics = createMetrics({ ...sources, pending: () => pending })
  t.match(await metrics.text(), 'rppam_requests_pending 1\n')
  pending = 7
  const text = await metrics.text()
  t.match(text, 'rppam_requests_pending 7\n')
  t.match(text, 'rppam_tenants_open 5\n')
  t.match(text, 'rppam_info{version="1.2.3"} 1\n')
  t.match(text, /process_resident_memory_bytes \d+/)
})

t.test('two engines in one process do not share a registry', async (t) => {
  const [one, two] = [createMetrics(sources), createMetrics(sources)]
  one.count('ping', 200, 1)
  t.notMatch(await two.text(), /operation="ping"/)
})

t.test('times by operation, as a histogram', async (t) => {
  const metrics = createMetrics(sources)
  for (const milliseconds of [0.4, 3, 20_000]) metrics.count('readSecret', 200, milliseconds)
  const text = await metrics.text()
  const name = 'rppam_request_duration_seconds'
  t.match(text, `# TYPE ${name} histogram\n`)
  t.match(text, `${name}_bucket{le="0.0005",operation="readSecret"} 1\n`)
  t.match(text, `${name}_bucket{le="0.005",operation="readSecret"} 2\n`)
  t.match(text, `${name}_bucket{le="10",operation="readSecret"} 2\n`)
  t.match(text, `${name}_bucket{le="+Inf",operation="readSecret"} 3\n`)
  t.match(text, `${name}_sum{operation="readSecret"} 20.0034\n`)
  t.match(text, `${name}_count{operation="readSecret"} 3\n`)
})

t.test('what threads tell', async (t) => {
  let asked = 0
  const threads = () => (asked++, sources.threads())
  const text = await createMetrics({ ...sources, threads }).text()
  t.match(text, 'rppam_audit_lag_seconds_bucket{le="1",thread="shard-0"} 1\n')
  t.match(text, 'rppam_audit_group_size_sum{thread="shard-1"} 2\n')
  t.match(text, 'rppam_database_connections{thread="management",state="used"} 2\n')
  t.match(text, 'rppam_event_loop_delay_seconds{thread="shard-0",of="p99"} 0.002\n')
  t.match(text, /rppam_event_loop_delay_seconds\{thread="front",of="mean"\} [\d.e-]+\n/)
  t.match(text, 'rppam_database_outage_failures 12\n')
  t.equal(asked, 1, 'once a look')
})

t.test('refused sign-ins', async (t) => {
  const metrics = createMetrics(sources)
  metrics.signInRefused({ plane: 'tenant', code: 'invalid_credentials' })
  t.match(
    await metrics.text(),
    'rppam_sign_in_failures_total{plane="tenant",code="invalid_credentials"} 1\n',
  )
})
