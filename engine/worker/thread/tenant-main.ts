// A tenant shard's thread. It holds no client socket: requests come as batches of a Piscina task, answers and control
// messages go over ports of their own, so that they never queue behind requests.
import type { MessagePort } from 'node:worker_threads'
import { monotonicClock, systemClock } from '../../clock.js'
import { ApiError } from '../../errors.js'
import { createLog, type Log } from '../../log.js'
import type { BrokerMethods } from '../../task/broker.js'
import type { TenantWorkerMethods } from '../../task/control.js'
import type { MainMethods } from '../../task/main.js'
import type { Batch } from '../../task/batch.js'
import type { WorkerStart } from '../../task/messages.js'
import type { WorkerOptions } from '../../task/options.js'
import { connect, serve } from '../../task/rpc.js'
import { BatchRunner } from './batch.js'
import { loadHandlers } from './handlers.js'
import { openTenant } from '../context/open-tenant.js'
import { Pipeline, type WithTenant } from '../request/pipeline.js'
import { ReplyWriter } from './replies.js'
import type { Services } from '../context/services.js'
import { keyringOptions } from '../keys/keyring.js'
import { Slices } from '../context/slices.js'
import { StatementVerifier } from '../audit/statement.js'
import { AuditMeter } from '../audit/audit-meter.js'
import { Outages } from '../context/outages.js'
import type { ConnectionBudget } from '../store/postgres/budget.js'
import type { ThreadStatistics } from '../../task/statistics.js'
import { statisticsOf } from './statistics.js'
import { budgetOf, storeOpener } from './store-opener.js'
import { Tenants } from '../context/open-tenants.js'

export interface TenantWorkerOptions extends WorkerOptions {
  readonly shard: number
  readonly broker: MessagePort
}

interface Measured {
  readonly budget: ConnectionBudget
  readonly meter: AuditMeter
}

let runner: BatchRunner | undefined

const sweepEvery = 1_000
/** Nobody is left to be answered: what is still under way then keeps its own tenant from closing well, and no other. */
const drainMs = 500

const openTenants = (
  options: TenantWorkerOptions,
  services: Services,
  log: Log,
  { budget, meter }: Measured,
): Tenants => {
  const openStore = storeOpener(options, budget)
  const audit = {
    meter,
    writer: `${options.node}/${options.shard}`,
    anchorIntervalMs: options.anchorIntervalMs,
    anchorEvery: options.anchorEvery,
  }
  return new Tenants({
    max: options.limits.openTenants,
    idleTime: options.idleMs,
    clock: systemClock,
    open: (tenant) => openTenant(services, openStore, audit, tenant),
    onFault: (tenantId, error) =>
      log.error('a tenant does not close or anchor', { tenantId, error }),
  })
}

/** Opening a cold tenant holds no batch place, and before authentication it takes nobody else's. */
const withTenant =
  (tenants: Tenants): WithTenant =>
  ({ tenant, claims }, releaseBatchSlot, use) => {
    if (tenant === null) throw new ApiError('not_found')
    if (!tenants.isOpen(tenant)) releaseBatchSlot()
    return claims === null ? tenants.useWithoutEvicting(tenant, use) : tenants.use(tenant, use)
  }

const controlMethods = (
  batches: BatchRunner,
  tenants: Tenants,
  sweeper: NodeJS.Timeout,
  cancelSlowWork: () => void,
  statistics: () => ThreadStatistics,
): TenantWorkerMethods => ({
  cancelSlowWork,
  drain: async () => {
    cancelSlowWork()
    await batches.drain(drainMs)
    clearInterval(sweeper)
    await tenants.closeAll()
  },
  evict: (tenant) => tenants.evict(tenant),
  statistics,
})

export const start = async ({
  options,
  replies,
  main,
}: WorkerStart<TenantWorkerOptions>): Promise<void> => {
  const log = createLog(options.logLevel)
  const stopping = new AbortController()
  const broker = connect<BrokerMethods>(options.broker)
  const services: Services = {
    clock: systemClock,
    log,
    limits: options.limits,
    node: options.node,
    keyring: keyringOptions(options.suite, options.protectedKeyrings),
    broker,
    statements: new StatementVerifier(() => broker.attestationKeys()),
    main: connect<MainMethods>(main),
    signedIn: () => undefined,
    outages: new Outages(log, monotonicClock),
    slices: new Slices(),
    stopping: stopping.signal,
  }
  const measured = { budget: budgetOf(options.connections), meter: new AuditMeter() }
  const tenants = openTenants(options, services, log, measured)
  const pipeline = new Pipeline({
    services,
    handlers: await loadHandlers('tenant'),
    withTenant: withTenant(tenants),
    requireLicense: () => undefined,
  })
  runner = new BatchRunner(pipeline, new ReplyWriter(replies))
  const sweeper = setInterval(() => void tenants.sweep(), sweepEvery)
  serve(
    main,
    controlMethods(
      runner,
      tenants,
      sweeper,
      () => stopping.abort(new ApiError('shutting_down')),
      statisticsOf({
        tenants,
        budgets: [measured.budget],
        meter: measured.meter,
        outages: services.outages,
      }),
    ),
  )
}

export const batch = (packed: Batch): Promise<void> => {
  if (!runner) throw new Error('the worker has not been started')
  return runner.run(packed)
}
