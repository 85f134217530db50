// What Prometheus may know: counts and times of requests by operation, and of things in memory by thread. Labels come
// from the contract and from the engine alone: nothing of a request, no tenant's id, code or name is ever one.
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import { type LoopDelay, watchEventLoop } from '../event-loop.js'
import { Tally, type TallyCounts } from '../tally.js'
import type { NamedStatistics } from './dispatch/threads.js'
import type { RefusedSignIn } from './refused-sign-in.js'
import { TallyHistogram } from './tally-histogram.js'

export interface MetricsSources {
  pending(): number
  /** Of every thread but this one. */
  threads(): Promise<readonly NamedStatistics[]>
  readonly version: string
}

export interface Metrics {
  /** Cheap: a request must not pay for a label look-up. */
  count(operationId: string, status: number, milliseconds: number): void
  signInRefused(refused: Pick<RefusedSignIn, 'plane' | 'code'>): void
  text(): Promise<string>
}

/** Seconds: of a read some tenths of a millisecond, of a password some hundred. */
const latencyBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** Of one operation. */
interface Answered {
  readonly tally: Tally
  readonly byStatus: Map<number, number>
}

const answeredOf = (all: Map<string, Answered>, operationId: string): Answered => {
  const found = all.get(operationId)
  if (found) return found
  const fresh = { tally: new Tally(latencyBounds), byStatus: new Map<number, number>() }
  all.set(operationId, fresh)
  return fresh
}

const collectRequests = (registry: Registry, all: ReadonlyMap<string, Answered>): void => {
  const requests: Counter<'operation' | 'status'> = new Counter({
    name: 'rppam_requests_total',
    help: 'Requests answered',
    labelNames: ['operation', 'status'],
    registers: [registry],
    collect: () => {
      requests.reset()
      for (const [operation, { byStatus }] of all)
        for (const [status, value] of byStatus) requests.inc({ operation, status }, value)
    },
  })
}

const collectLatency = (registry: Registry, all: ReadonlyMap<string, Answered>): void =>
  void new TallyHistogram({
    name: 'rppam_request_duration_seconds',
    help: 'From the head of a request until its answer is handed to the socket',
    label: 'operation',
    registry,
    read: () =>
      [...all].map(([operation, { tally }]) => ({ labels: { operation }, tally: tally.read() })),
  })

type Read = () => Promise<readonly NamedStatistics[]>

const collectAudit = (registry: Registry, read: Read): void => {
  const histogram = (name: string, help: string, of: (told: NamedStatistics) => TallyCounts) =>
    new TallyHistogram({
      name,
      help,
      label: 'thread',
      registry,
      read: async () =>
        (await read()).map((told) => ({ labels: { thread: told.thread }, tally: of(told) })),
    })
  histogram('rppam_audit_lag_seconds', 'From an event until it is durable', (told) => told.auditLag)
  histogram('rppam_audit_group_size', 'Events written together', (told) => told.auditGroup)
}

const collectConnections = (registry: Registry, read: Read): void => {
  const connections: Gauge<'thread' | 'state'> = new Gauge({
    name: 'rppam_database_connections',
    help: 'Places for database connections: in use, waited for, and all that there are',
    labelNames: ['thread', 'state'],
    registers: [registry],
    collect: async () => {
      for (const { thread, connections: told } of await read())
        for (const state of ['used', 'waiting', 'max'] as const)
          connections.set({ thread, state }, told[state])
    },
  })
}

const collectLoopDelay = (registry: Registry, read: Read): void => {
  const own = watchEventLoop()
  const delay: Gauge<'thread' | 'of'> = new Gauge({
    name: 'rppam_event_loop_delay_seconds',
    help: 'How late the event loop of a thread was, since it was last asked',
    labelNames: ['thread', 'of'],
    registers: [registry],
    collect: async () => {
      const set = (thread: string, told: LoopDelay): void => {
        for (const of of ['mean', 'p99', 'max'] as const) delay.set({ thread, of }, told[of])
      }
      set('front', own())
      for (const { thread, loopDelay } of await read()) set(thread, loopDelay)
    },
  })
}

const sharedFor = 100

/** All that is read for one look at the metrics is of one moment, and asked for once. */
const shared = (threads: Read): Read => {
  let running: ReturnType<Read> | null = null
  return () => {
    if (running === null) {
      running = threads()
      setTimeout(() => (running = null), sharedFor).unref()
    }
    return running
  }
}

const sum = (all: readonly NamedStatistics[], of: (told: NamedStatistics) => number): number =>
  all.reduce((total, told) => total + of(told), 0)

export const createMetrics = ({ pending, threads, version }: MetricsSources): Metrics => {
  const registry = new Registry()
  const answered = new Map<string, Answered>()
  const read = shared(threads)
  collectDefaultMetrics({ register: registry })
  collectRequests(registry, answered)
  collectLatency(registry, answered)
  collectAudit(registry, read)
  collectConnections(registry, read)
  collectLoopDelay(registry, read)
  const gauge = (name: string, help: string, value: () => number | Promise<number>): void => {
    const made: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: async () => made.set(await value()),
    })
  }
  gauge('rppam_requests_pending', 'Requests on their way to a worker or back', pending)
  gauge('rppam_tenants_open', 'Tenants open in the workers', async () =>
    sum(
      (await read()).filter(({ thread }) => thread !== 'management'),
      ({ openTenants }) => openTenants,
    ),
  )
  gauge(
    'rppam_database_outage_failures',
    'Requests and writes that failed for want of a database',
    async () => sum(await read(), ({ outageFailures }) => outageFailures),
  )
  const refusedSignIns = new Counter({
    name: 'rppam_sign_in_failures_total',
    help: 'Sign-ins that were refused',
    labelNames: ['plane', 'code'],
    registers: [registry],
  })
  new Gauge({
    name: 'rppam_info',
    help: 'Version',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1)
  return {
    count: (operationId, status, milliseconds) => {
      const { tally, byStatus } = answeredOf(answered, operationId)
      byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
      tally.add(milliseconds / 1_000)
    },
    signInRefused: ({ plane, code }) => refusedSignIns.inc({ plane, code }),
    text: () => registry.metrics(),
  }
}
