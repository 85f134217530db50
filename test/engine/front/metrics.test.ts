// Counts by operation and status, and what is in memory; never a label that a request could choose.
import t from 'tap'
import { createMetrics } from '../../../engine/front/metrics.js'

const sources = { pending: () => 3, openTenants: async () => 5, version: '1.2.3' }

t.test('requests by operation and status, each look the same counts', async (t) => {
  const metrics = createMetrics(sources)
  for (let i = 0; i < 3; i++) metrics.count('readSecret', 200)
  metrics.count('readSecret', 403)
  metrics.count('none', 404)
  for (let look = 0; look < 2; look++) {
    const text = await metrics.text()
    t.match(text, 'rppam_requests_total{operation="readSecret",status="200"} 3\n')
    t.match(text, 'rppam_requests_total{operation="readSecret",status="403"} 1\n')
    t.match(text, 'rppam_requests_total{operation="none",status="404"} 1\n')
  }
  metrics.count('readSecret', 200)
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
  one.count('ping', 200)
  t.notMatch(await two.text(), /operation="ping"/)
})
