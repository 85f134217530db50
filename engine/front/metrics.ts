// What Prometheus may know: counts of requests by operation and status, and of things in memory. Labels come from the
// contract alone: nothing of a request, no tenant's id, code or name is ever one.
import { Gauge, Counter, Registry, collectDefaultMetrics } from 'prom-client'

export interface MetricsSources {
  pending(): number
  openTenants(): Promise<number>
  readonly version: string
}

export interface Metrics {
  /** Cheap: a request must not pay for a label look-up. */
  count(operationId: string, status: number): void
  text(): Promise<string>
}

export const createMetrics = ({ pending, openTenants, version }: MetricsSources): Metrics => {
  const registry = new Registry()
  const counts = new Map<string, number>()
  collectDefaultMetrics({ register: registry })
  const requests: Counter<'operation' | 'status'> = new Counter({
    name: 'rppam_requests_total',
    help: 'Requests answered',
    labelNames: ['operation', 'status'],
    registers: [registry],
    collect: () => {
      requests.reset()
      for (const [key, value] of counts) {
        const [operation = '', status = ''] = key.split(' ')
        requests.inc({ operation, status }, value)
      }
    },
  })
  const gauge = (name: string, help: string, read: () => number | Promise<number>): void => {
    const made: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: async () => made.set(await read()),
    })
  }
  gauge('rppam_requests_pending', 'Requests on their way to a worker or back', pending)
  gauge('rppam_tenants_open', 'Tenants open in the workers', openTenants)
  new Gauge({
    name: 'rppam_info',
    help: 'Version',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1)
  return {
    count: (operationId, status) => {
      const key = `${operationId} ${status}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    },
    text: () => registry.metrics(),
  }
}
