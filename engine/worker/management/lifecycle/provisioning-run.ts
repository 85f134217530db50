// One provisioning operation, from where it stands to its end: each step's start and end on record before the next one
// begins. Nothing here assumes that nobody else runs the same operation: every row is written on the version it was
// read at, and who finds a row that is not their own leaves the operation to the other, its failure too.
import type { TenantId, Uuid } from '../../../ids.js'
import { ApiError, type ErrorCode } from '../../../errors.js'
import { commitByVersion } from '../../access/commit.js'
import { systemEvent } from '../../audit/system-event.js'
import { codeOf, isIntegrity } from '../../request/refusal.js'
import { type Row, StoreError, isStale } from '../../store/store.js'
import { billingChange } from '../../control/billing.js'
import type { Installation } from '../../installation/installation.js'
import { reportIntegrity } from '../../installation/integrity-report.js'
import {
  type OperationRecord,
  type OperationUpdate,
  type Step,
  type StepName,
  openOperation,
  updateOperation,
} from '../../control/operation-record.js'
import { isPassing, withRetries } from '../../control/retry-policy.js'
import { stepReason } from './step-reason.js'
import { type WorkStep, isWorkStep, stepWork } from './provisioning-steps.js'
import { promiseEvents } from '../../control/setup-promise.js'
import { type TenantRecord, updateTenant } from '../../control/tenant-record.js'

/** Another node went on with the operation. */
class Overtaken extends Error {}

const mayPass = (error: unknown): boolean => isPassing(error) || isStale(error)

/** Null: it is not there, or it does not open. */
const opened = async <T>(read: () => T | Promise<T>): Promise<T | null> => {
  try {
    return await read()
  } catch (error) {
    if (!isIntegrity(error)) throw error
    return null
  }
}

interface ProvisioningTarget {
  /** Null: none that opens. */
  readonly id: Uuid | null
  readonly tenant: TenantId
}

export class ProvisioningRun {
  /** The operation's row as this run read it last, or wrote it or tried to. */
  #own: readonly Buffer[] = []

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
      log.error('a provisioning failed', { tenantId, error, ...reasonField(error) })
      if (isIntegrity(error)) await reportIntegrity(this.installation, tenantId)
      return this.fail(error)
    }
  }

  /** As settle: whether nothing is left to be recorded of the failure. */
  async fail(cause: unknown): Promise<boolean> {
    try {
      await this.#withRetries(() => this.#recordFailure(cause), mayPass)
      return true
    } catch (error) {
      if (this.signal.aborted) return false
      this.installation.log.error('a failed provisioning is not on record', {
        tenantId: this.target.tenant,
        error,
      })
      return !mayPass(error)
    }
  }

  async #provision(): Promise<void> {
    const { directory, tenants } = this.installation
    const tenant = await this.#withRetries(() => directory.get(this.target.tenant))
    const operation = await this.#withRetries(() => this.#read())
    if (operation?.status !== 'running') return
    // Both end in one commit: somebody has put the operation back.
    if (tenant.status !== 'provisioning') throw new ApiError('integrity_failure')
    let present = operation
    for (const { name, finishedTime } of operation.steps)
      if (finishedTime === null && isWorkStep(name))
        present = await this.#step(present, tenant, name)
    await tenants.evict(tenant.id)
    await this.#withRetries(() => this.#activate(), mayPass)
  }

  async #row(): Promise<Row | null> {
    const { id } = this.target
    const [row] = id === null ? [] : await this.installation.context.store.read('operation', [id])
    return row ?? null
  }

  async #read(): Promise<OperationRecord | null> {
    const row = await this.#row()
    if (!row) return null
    this.#own = [row.doc]
    return openOperation(this.installation.context.keys, row)
  }

  /** Whether nobody else has written the operation since. */
  #isOwn({ doc }: Row): boolean {
    return this.#own.some((own) => own.equals(doc))
  }

  async #step(
    operation: OperationRecord,
    tenant: TenantRecord,
    name: WorkStep,
  ): Promise<OperationRecord> {
    const { installation } = this
    const { clock } = installation
    const started = await this.#record(operation, name, {
      startedTime: clock.now(),
      error: null,
      detail: null,
    })
    await this.#withRetries(() => stepWork[name]({ installation, tenant, operation: started }))
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
    await this.#withRetries(() => this.#put(next.change))
    return next.operation
  }

  // Stale means that a try before this one was written after all, if the row is the very one that it wrote.
  async #put(change: OperationUpdate): Promise<void> {
    // Until the answer it may be the one or the other.
    this.#own = [...this.#own, change.row.doc]
    try {
      await this.installation.context.store.put([change])
    } catch (error) {
      if (!isStale(error)) throw error
      if (!(await this.#row())?.doc.equals(change.row.doc)) throw new Overtaken()
    }
    this.#own = [change.row.doc]
  }

  /** Together with the billing event, in one transaction. Nothing where it is done already, by whoever it was. */
  async #activate(): Promise<void> {
    const { clock, context, directory } = this.installation
    const tenant = await directory.get(this.target.tenant)
    const operation = await this.#read()
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
    const row = await this.#row()
    if (row && !this.#isOwn(row)) return
    const operation = row && (await opened(() => openOperation(context.keys, row)))
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

  #withRetries<T>(work: () => Promise<T>, passes?: (error: unknown) => boolean): Promise<T> {
    return withRetries(this.signal, work, passes)
  }
}

const failed = (operation: OperationRecord, cause: unknown, time: number) => {
  const open = operation.steps.find(({ finishedTime }) => finishedTime === null)
  const outcome = { finishedTime: time, error: errorOf(cause), detail: stepReason(cause) }
  const steps = open ? withStep(operation, open.name, outcome) : operation.steps
  return { status: 'failed', finishedTime: time, steps } as const
}

const withStep = (operation: OperationRecord, name: StepName, change: Partial<Step>): Step[] =>
  operation.steps.map((step) => (step.name === name ? { ...step, ...change } : step))

const reasonField = (error: unknown): { reason?: string } => {
  const reason = stepReason(error)
  return reason === null ? {} : { reason }
}

/** What the database refused is its fault too: a step's statements are ours. */
const errorOf = (error: unknown): ErrorCode =>
  error instanceof StoreError ? 'database_unavailable' : codeOf(error)
