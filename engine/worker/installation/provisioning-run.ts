// One provisioning operation, from where it stands to its end: each step's start and end on record before the next one
// begins. Nothing here assumes that nobody else runs the same operation: every row is written on the version it was
// read at, and who is overtaken leaves it to the other.
import type { TenantId, Uuid } from '../../ids.js'
import { type ErrorCode } from '../../errors.js'
import { commitByVersion } from '../access/commit.js'
import { systemEvent } from '../audit/system-event.js'
import { codeOf, isIntegrity } from '../refusal.js'
import { StoreError } from '../store/store.js'
import { billingChange } from './billing.js'
import type { Installation } from './installation.js'
import { reportIntegrity } from './integrity-report.js'
import {
  type OperationRecord,
  type OperationUpdate,
  type Step,
  type StepName,
  openOperation,
  updateOperation,
} from './operation-record.js'
import { isPassing, patiently } from './patience.js'
import { stepWork } from './provisioning-steps.js'
import { promiseEvents } from './setup-promise.js'
import { type TenantRecord, updateTenant } from './tenant-record.js'

/** Another node went on with the operation. */
class Overtaken extends Error {}

const isStale = (error: unknown): boolean => error instanceof StoreError && error.code === 'stale'

const mayPass = (error: unknown): boolean => isPassing(error) || isStale(error)

/** Null: it is not there, or it does not open. */
const opened = async <T>(read: () => Promise<T | null>): Promise<T | null> => {
  try {
    return await read()
  } catch (error) {
    if (!isIntegrity(error)) throw error
    return null
  }
}

export interface ProvisioningTarget {
  /** Null: none that opens. */
  readonly id: Uuid | null
  readonly tenant: TenantId
}

export class ProvisioningRun {
  constructor(
    private readonly installation: Installation,
    private readonly target: ProvisioningTarget,
    private readonly signal: AbortSignal,
  ) {}

  /** Whether it has ended, one way or the other; false: it could not even be recorded, or `signal` was aborted. */
  async settle(): Promise<boolean> {
    const { log } = this.installation
    const tenantId = this.target.tenant
    try {
      await this.#provision()
      return true
    } catch (error) {
      if (this.signal.aborted) return false
      if (error instanceof Overtaken) {
        log.info('another node goes on with a provisioning', { tenantId })
        return true
      }
      log.error('a provisioning failed', { tenantId, error })
      return this.fail(error)
    }
  }

  /** As settle: whether it is on record that it failed. */
  async fail(cause: unknown): Promise<boolean> {
    const { log } = this.installation
    const tenantId = this.target.tenant
    if (isIntegrity(cause)) await reportIntegrity(this.installation, tenantId)
    try {
      await this.#patiently(() => this.#recordFailure(cause), mayPass)
      return true
    } catch (error) {
      log.error('a failed provisioning is not on record', { tenantId, error })
      return !isPassing(error)
    }
  }

  async #provision(): Promise<void> {
    const { directory, tenants } = this.installation
    const operation = await this.#patiently(() => this.#read())
    const tenant = await this.#patiently(() => directory.get(this.target.tenant))
    if (operation?.status !== 'running' || tenant.status !== 'provisioning') return
    let present = operation
    for (const step of operation.steps)
      if (step.finishedTime === null && step.name !== 'activate')
        present = await this.#step(present, tenant, step.name)
    await tenants.evict(tenant.id)
    await this.#patiently(() => this.#activate(), mayPass)
  }

  async #read(): Promise<OperationRecord | null> {
    const { store, keys } = this.installation.context
    const { id } = this.target
    const [row] = id === null ? [] : await store.read('operation', [id])
    return row ? openOperation(keys, row) : null
  }

  async #step(
    operation: OperationRecord,
    tenant: TenantRecord,
    name: StepName,
  ): Promise<OperationRecord> {
    const { installation } = this
    const { clock } = installation
    const started = await this.#record(operation, name, { startedTime: clock.now(), error: null })
    const work = stepWork[name as keyof typeof stepWork]
    await this.#patiently(() => work({ installation, tenant, operation: started }))
    return this.#record(started, name, { finishedTime: clock.now() })
  }

  async #record(
    operation: OperationRecord,
    name: StepName,
    step: Partial<Step>,
  ): Promise<OperationRecord> {
    const { clock, context } = this.installation
    const steps = withStep(operation, name, step)
    const next = updateOperation(context.keys, operation, { steps }, clock.now())
    await this.#patiently(() => this.#put(next.change))
    return next.operation
  }

  // Stale means that a try before this one was written after all, if the row is the very one that it wrote.
  async #put(change: OperationUpdate): Promise<void> {
    const { store } = this.installation.context
    try {
      await store.put([change])
    } catch (error) {
      if (!isStale(error)) throw error
      const [row] = await store.read('operation', [change.row.id])
      if (!row?.doc.equals(change.row.doc)) throw new Overtaken()
    }
  }

  /** Together with the billing event, in one transaction. Nothing where it is done already, by whoever it was. */
  async #activate(): Promise<void> {
    const { clock, context, directory } = this.installation
    const operation = await this.#read()
    const tenant = await directory.get(this.target.tenant)
    if (operation?.status !== 'running' || tenant.status !== 'provisioning') return
    const time = clock.now()
    const steps = withStep(operation, 'activate', { startedTime: time, finishedTime: time })
    const done = { status: 'succeeded', finishedTime: time, steps } as const
    const target = { type: 'tenant', id: tenant.id } as const
    await commitByVersion(context, {
      changes: [
        updateTenant(context.keys, tenant, { status: 'active' }, time).change,
        updateOperation(context.keys, operation, done, time).change,
        billingChange(tenant.id, {
          // Once a tenant, however often the step runs.
          id: tenant.id,
          type: 'tenant.provisioned',
          time,
          data: {},
        }),
      ],
      events: [
        systemEvent('tenant.activate', target, 'success', time),
        // Until now nobody could be shown the token.
        ...promiseEvents(operation, tenant, target, time),
      ],
    })
  }

  /** Of operation and tenant, whatever opens and is still under way. */
  async #recordFailure(cause: unknown): Promise<void> {
    const { clock, context, directory } = this.installation
    const operation = await opened(() => this.#read())
    const tenant = await opened(() => directory.find(this.target.tenant))
    const time = clock.now()
    const changes = [
      ...(operation?.status === 'running'
        ? [updateOperation(context.keys, operation, failed(operation, cause, time), time).change]
        : []),
      ...(tenant?.status === 'provisioning'
        ? [updateTenant(context.keys, tenant, { status: 'failed' }, time).change]
        : []),
    ]
    // It ended after all, and only the answer was lost; or nothing of it opens, which is reported.
    if (changes.length === 0) return
    const target = { type: 'tenant', id: this.target.tenant } as const
    await commitByVersion(context, {
      changes,
      events: [systemEvent('tenant.fail', target, 'failure', time)],
    })
  }

  #patiently<T>(work: () => Promise<T>, mayPass?: (error: unknown) => boolean): Promise<T> {
    return patiently(this.signal, work, mayPass)
  }
}

const failed = (operation: OperationRecord, cause: unknown, time: number) => {
  const open = operation.steps.find(({ finishedTime }) => finishedTime === null)
  const outcome = { finishedTime: time, error: errorOf(cause) }
  const steps = open ? withStep(operation, open.name, outcome) : operation.steps
  return { status: 'failed', finishedTime: time, steps } as const
}

const withStep = (operation: OperationRecord, name: StepName, change: Partial<Step>): Step[] =>
  operation.steps.map((step) => (step.name === name ? { ...step, ...change } : step))

/** What the database refused is its fault too: a step's statements are ours. */
const errorOf = (error: unknown): ErrorCode =>
  error instanceof StoreError ? 'database_unavailable' : codeOf(error)
