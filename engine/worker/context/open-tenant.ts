// Opens a tenant: its row and KEK from the broker, its CEKs and state from its own database, by its own runtime role.
// What fails half-way is closed again.
import type { TenantId } from '../../ids.js'
import type { OpenedTenant } from '../../task/broker.js'
import { EpochCache } from './epoch-cache.js'
import { IntegrityError } from '../cipher/record.js'
import { AuditLog } from '../audit/appender.js'
import type { AuditMeter } from '../audit/audit-meter.js'
import { anchorSinkOf } from './audit-sink.js'
import { TenantContext } from './context.js'
import { keyFromTransfer } from '../keys/transfer.js'
import { type Keyring, openKeyring } from '../keys/keyring.js'
import { PresentState, type StateFloor } from './present-state.js'
import type { Services } from './services.js'
import { floorOf } from './state-floor.js'
import { noState, type Store, StoreError, type StoredState } from '../store/store.js'

export type OpenStore = (target: OpenedTenant['target']) => Store

export interface AuditOptions {
  /** Who writes: no two writers share a chain. */
  readonly writer: string
  readonly anchorIntervalMs: number
  readonly anchorEvery: number
  /** Of the thread. */
  readonly meter: AuditMeter
}

const isPassingFault = (error: unknown): boolean =>
  error instanceof StoreError && error.code === 'unavailable'

// Nothing is sealed before the first administrator is; a tenant that was ever active has a state.
const presentStateOf = (
  keys: Keyring,
  { status, tokenGeneration }: OpenedTenant['directory'],
  stored: StoredState,
  floor: StateFloor | null,
): PresentState =>
  status === 'provisioning' && stored.accessEpoch === noState.accessEpoch
    ? PresentState.unfounded(keys, tokenGeneration)
    : PresentState.open(keys, stored, floor)

export const openTenant = async (
  services: Services,
  openStore: OpenStore,
  auditOptions: AuditOptions,
  tenant: TenantId,
): Promise<TenantContext> => {
  const { directory, target, keks } = await services.broker.openTenant(tenant)
  const store = openStore(target)
  const held = keks.map(({ version, key }) => ({ version, key: keyFromTransfer(key) }))
  let keys: Keyring | undefined
  try {
    const sink = anchorSinkOf(tenant, services.broker, services.statements)
    // Before the state: what it is below must be older than it.
    const [rows, floor] = await Promise.all([store.keys(), floorOf(sink, store)])
    keys = openKeyring(tenant, held, rows, services.keyring)
    const access = new EpochCache(presentStateOf(keys, directory, await store.state(), floor))
    const audit = new AuditLog({
      tenant,
      store,
      keys,
      sink,
      states: access,
      clock: services.clock,
      onFault: (error) => {
        if (isPassingFault(error)) services.outages.failed(tenant, 'audit_unavailable', error)
        else services.log.error('an audit write failed', { tenantId: tenant, error })
      },
      ...auditOptions,
    })
    return new TenantContext({
      directory,
      store,
      keys,
      audit,
      sink,
      access,
      services,
    })
  } catch (error) {
    keys?.close()
    await store.close()
    // Its log cannot be written without its keys.
    if (error instanceof IntegrityError)
      await services.broker.reportIntegrity(tenant).catch(() => undefined)
    throw error
  } finally {
    // The CEKs are open: the KEK has done its work.
    for (const { key } of held) key.wipe()
  }
}
