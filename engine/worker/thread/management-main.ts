// The management thread: the installation's operations, provisioning, and the broker that every tenant worker asks for
// its tenant's KEK, signatures and anchors. The one thread that holds the MEK provider and the control database.
import type { MessagePort } from 'node:worker_threads'
import { monotonicClock, systemClock } from '../../clock.js'
import { ApiError } from '../../errors.js'
import { createLog } from '../../log.js'
import { type TenantId, installationId } from '../../ids.js'
import type {
  ManagementWorkerMethods,
  NamedTenant,
  OpenedInstallation,
  OwnTenant,
} from '../../task/control.js'
import type { MainMethods } from '../../task/main.js'
import type { Batch } from '../../task/batch.js'
import type { WorkerStart } from '../../task/messages.js'
import type { WorkerOptions } from '../../task/options.js'
import { connect, serve } from '../../task/rpc.js'
import type { Operation } from '../../task/contract.js'
import { BatchRunner } from './batch.js'
import { IntegrityError } from '../cipher/record.js'
import { loadHandlers } from './handlers.js'
import { remoteBrokerMethods } from '../installation/broker-server.js'
import type { Installation } from '../installation/installation.js'
import { type CheckOptions, checkInstallation } from '../installation/check.js'
import { administratorName } from '../installation/first-start.js'
import { Handover } from '../installation/handover.js'
import { openInstallation } from '../installation/open-installation.js'
import type { InstallationOptions } from '../installation/options.js'
import { Provisioning } from '../management/lifecycle/provisioning.js'
import { type UnclaimedTenant, openOwnTenant } from '../management/lifecycle/own-tenant.js'
import { Slices } from '../context/slices.js'
import { Pipeline } from '../request/pipeline.js'
import { ReplyWriter } from './replies.js'
import { AuditMeter } from '../audit/audit-meter.js'
import { Outages } from '../context/outages.js'
import type { ThreadStatistics } from '../../task/statistics.js'
import { statisticsOf } from './statistics.js'
import { managementOpeners } from './store-opener.js'
import { StoreError } from '../store/store.js'
import { keyringOptions } from '../keys/keyring.js'

export interface ManagementWorkerOptions extends WorkerOptions {
  readonly installation: InstallationOptions
  /** Calls of the tenant workers, one port each. */
  readonly workers: readonly MessagePort[]
}

/** What the broker's errors mean to the other threads. */
const answerable = (error: unknown): unknown => {
  if (error instanceof IntegrityError) return new ApiError('integrity_failure')
  return error instanceof StoreError ? new ApiError('control_unavailable') : error
}

let runner: BatchRunner | undefined

const sweepEvery = 1_000
/** Nobody is left to be answered then. */
const drainMs = 500

const anchorSafely = (installation: Installation): void => {
  const { context, tenants, log } = installation
  void tenants.sweep()
  context.tick().catch((error: unknown) => log.error('the audit log does not anchor', { error }))
}

const requireLicense =
  ({ license }: Installation) =>
  ({ path }: Operation): void => {
    if (license.edition === 'enterprise' && path.startsWith('/api/v1/msp/'))
      throw new ApiError('license_required')
  }

const idOf = async ({ directory }: Installation, tenant: NamedTenant): Promise<TenantId | null> => {
  if (tenant === null) return installationId
  return 'id' in tenant ? tenant.id : directory.resolve(tenant.code)
}

const ownTenant = (installation: Installation, { tenantCode }: InstallationOptions) =>
  openOwnTenant(installation, tenantCode)

/** Its token is shown, or kept in a file; one of before that was used or superseded goes. */
const handOver = (
  { handover }: Installation,
  { isShown }: InstallationOptions,
  tenant: UnclaimedTenant | null,
): OwnTenant | null => {
  if (tenant === null || isShown) handover.tokenUsed()
  if (tenant === null) return null
  const { setupToken, ...named } = tenant
  return isShown
    ? { ...named, setupToken, file: null }
    : { ...named, setupToken: null, file: handover.keepToken(setupToken) }
}

const controlMethods = (
  installation: Installation,
  provisioning: Provisioning,
  batches: BatchRunner,
  sweeper: NodeJS.Timeout,
  options: InstallationOptions,
  statistics: () => ThreadStatistics,
): ManagementWorkerMethods => ({
  resume: () => provisioning.resume(),
  openOwnTenant: async () =>
    handOver(installation, options, await ownTenant(installation, options)),
  ready: async () => void (await installation.context.store.state()),
  resolve: (shortCode) => installation.directory.resolve(shortCode),
  knowsNetwork: async (tenant, network) => {
    const id = await idOf(installation, tenant)
    return id !== null && (await installation.knownNetworks.isKnown(id, network))
  },
  cancelSlowWork: () => provisioning.interrupt(),
  statistics,
  drain: async () => {
    provisioning.interrupt()
    await batches.drain(drainMs)
    clearInterval(sweeper)
    await installation.close()
  },
})

/** Before anything is made. Rejects with one line, fit for the person who starts the engine. */
export const check = (options: CheckOptions & Pick<WorkerOptions, 'logLevel'>): Promise<void> =>
  checkInstallation(options, { clock: systemClock, log: createLog(options.logLevel) })

/** Resolves when the installation is open. */
export const start = async ({
  options,
  replies,
  main,
}: WorkerStart<ManagementWorkerOptions>): Promise<OpenedInstallation> => {
  const log = createLog(options.logLevel)
  const { limits, node, anchorIntervalMs, anchorEvery } = options
  const handover = new Handover(options.installation.handoverFolder, log)
  const services = {
    clock: systemClock,
    log,
    limits,
    node,
    keyring: keyringOptions(options.suite, options.protectedKeyrings),
    main: connect<MainMethods>(main),
    signedIn: (username: string) => {
      if (username === administratorName) handover.passwordUsed()
    },
    outages: new Outages(log, monotonicClock),
    slices: new Slices(),
    // Nothing of this plane takes long but what waits for an operation: see cancelSlowWork below.
    stopping: new AbortController().signal,
  }
  const openers = managementOpeners(options)
  const meter = new AuditMeter()
  const { installation, password, isFirstStart } = await openInstallation(options.installation, {
    clock: systemClock,
    log,
    ...openers,
    audit: { writer: `${node}/management`, anchorIntervalMs, anchorEvery, meter },
    handover,
    services,
  })
  const pipeline = new Pipeline({
    services: installation.context.services,
    handlers: await loadHandlers('management'),
    withTenant: async (_item, _park, use) => use(installation.context),
    requireLicense: requireLicense(installation),
  })
  runner = new BatchRunner(pipeline, new ReplyWriter(replies))
  for (const port of options.workers)
    serve(
      port,
      remoteBrokerMethods(() => installation),
      answerable,
    )
  const sweeper = setInterval(() => anchorSafely(installation), sweepEvery)
  serve(
    main,
    controlMethods(
      installation,
      new Provisioning(installation),
      runner,
      sweeper,
      options.installation,
      statisticsOf({
        tenants: installation.tenants,
        budgets: openers.budgets,
        meter,
        outages: services.outages,
      }),
    ),
    answerable,
  )
  const { id, tokenKey } = installation.secrets
  const { edition, development, maxTenants } = installation.license
  return {
    id,
    tokenKeys: [tokenKey.publicJwk],
    attestationKeys: installation.chains.attestation.keys().keys,
    password,
    isFirstStart,
    license: { edition, isDevelopment: development, maxTenants },
  }
}

export const batch = (packed: Batch): Promise<void> => {
  if (!runner) throw new Error('the worker has not been started')
  return runner.run(packed)
}
