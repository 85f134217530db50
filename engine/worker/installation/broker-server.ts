// What the broker's thread does for the tenant workers and for the main thread.
import { ApiError } from '../../errors.js'
import type { TenantId } from '../../ids.js'
import type { BrokerMethods, OpenedTenant } from '../../task/broker.js'
import type { OutboxEvent } from '../../task/outbox-event.js'
import { moving } from '../../task/rpc.js'
import { type Guarded, commitByVersion } from '../access/commit.js'
import { systemEvent } from '../audit/system-event.js'
import { keyForTransfer } from '../keys/transfer.js'
import { isIntegrity } from '../request/refusal.js'
import { isStale } from '../store/store.js'
import { billingChange } from '../control/billing.js'
import type { Installation } from './installation.js'
import { reportIntegrity } from './integrity-report.js'
import { openKeks } from '../control/keks.js'
import { type TenantRecord, directoryOf, targetOf, updateTenant } from '../control/tenant-record.js'

const attempts = 5

/** Whether a tenant's own people may reach it. Errors: `not_found`, `tenant_suspended`. */
const requireServed = ({ status }: TenantRecord): void => {
  if (status === 'suspended' || status === 'deprovisioning') throw new ApiError('tenant_suspended')
  if (status !== 'active') throw new ApiError('not_found')
}

const open = async (installation: Installation, tenant: TenantRecord): Promise<OpenedTenant> => {
  const { provider, context, administration } = installation
  const keks = await openKeks(provider, context.store, tenant.id)
  const opened = {
    directory: directoryOf(tenant),
    target: targetOf(tenant, administration.server()),
    keks: keks.map(({ version, key }) => ({ version, key: keyForTransfer(key) })),
  }
  for (const { key } of keks) key.wipe()
  return opened
}

const openReported = async (
  installation: Installation,
  id: TenantId,
  serveAnyStatus: boolean,
): Promise<OpenedTenant> => {
  try {
    const tenant = await installation.directory.get(id)
    if (!serveAnyStatus) requireServed(tenant)
    return await open(installation, tenant)
  } catch (error) {
    if (isIntegrity(error)) await reportIntegrity(installation, id)
    throw error
  }
}

/** A set-up of the first administrator that was used is on record for ever, and audited in this plane too. */
const usedSetup = (
  { context, clock }: Installation,
  tenant: TenantRecord,
  events: readonly OutboxEvent[],
): Guarded | null => {
  const used = new Map(
    events.flatMap((event) => (event.type === 'setup.used' ? [[event.data.setup, event]] : [])),
  )
  const news = tenant.setup.find(({ id, usedTime }) => usedTime === null && used.has(id))
  if (!news) return null
  const time = clock.now()
  const usedTime = used.get(news.id)?.time ?? time
  const setup = tenant.setup.map((one) => (one === news ? { ...one, usedTime } : one))
  return {
    changes: [updateTenant(context.keys, tenant, { setup }, time).change],
    events: [
      {
        ...systemEvent('setup_token.use', { type: 'tenant', id: tenant.id }, 'success', time, {
          setup: news.id,
        }),
        actor: { type: 'user', id: tenant.admin.id, name: tenant.admin.username },
      },
    ],
  }
}

const takeOutbox = async (
  installation: Installation,
  id: TenantId,
  events: readonly OutboxEvent[],
): Promise<void> => {
  const billing = events.flatMap((event) => (event.type === 'setup.used' ? [] : [event]))
  const changes = billing.map((event) => billingChange(id, event))
  if (changes.length > 0)
    await installation.userPlaces.taken(
      billing.map((event) => event.id),
      () => installation.context.store.put(changes),
    )
  for (let left = attempts; ; left--)
    try {
      const used = usedSetup(installation, await installation.directory.get(id), events)
      if (used) await commitByVersion(installation.context, used)
      // Of the one tenant of the enterprise edition; other editions keep none.
      if (used) installation.handover.tokenUsed()
      return
    } catch (error) {
      if (!isStale(error) || left === 1) throw error
    }
}

/** In this thread; `serveAnyStatus`: the management plane also opens what is not active yet. */
export const brokerMethods = (
  installation: () => Installation,
  serveAnyStatus: boolean,
): BrokerMethods => ({
  openTenant: (id) => openReported(installation(), id, serveAnyStatus),
  reportIntegrity: (id) => reportIntegrity(installation(), id),
  directory: async (id) => directoryOf(await installation().directory.get(id)),
  resolve: (shortCode) => installation().directory.resolve(shortCode),
  learnNetwork: (id, network) => installation().knownNetworks.learn(id, network),
  holdUserPlace: (place) => installation().userPlaces.hold(place),
  releaseUserPlace: async (event) => installation().userPlaces.release(event),
  sign: (claims) => installation().signer.sign(claims),
  takeOutbox: (id, events) => takeOutbox(installation(), id, events),
  registerChain: (id, chain) => installation().chains.registerChain(id, chain),
  registrations: (id) => installation().chains.registrations(id),
  appendAnchor: (id, anchor) => installation().chains.appendAnchor(id, anchor),
  checkpoints: (id, chain, before, limit) =>
    installation().chains.checkpoints(id, chain, before, limit),
  lastCheckpoints: (id) => installation().chains.lastCheckpoints(id),
  lastAnchorTime: (id) => installation().chains.lastAnchorTime(id),
  signExport: (id, claims) => installation().chains.signExport(id, claims),
  attestationKeys: async () => installation().chains.attestation.keys(),
})

/** For another thread: the KEKs move there, no copy stays. */
export const remoteBrokerMethods = (installation: () => Installation): BrokerMethods => {
  const methods = brokerMethods(installation, false)
  return {
    ...methods,
    openTenant: async (id) => {
      const opened = await methods.openTenant(id)
      return moving(
        opened,
        opened.keks.map(({ key }) => key),
      )
    },
  }
}
