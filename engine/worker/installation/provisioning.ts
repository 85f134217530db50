// Runs provisioning operations: a few at a time, step by step, each step's start and end on record before the next
// begins. What is cut off, by SIGTERM or SIGKILL, goes on at the next start by itself (SPEC §6).
import type { TenantId } from '../../ids.js'
import { ApiError, type ErrorCode } from '../../errors.js'
import type { AuditEvent } from '../audit/event.js'
import type { ActionName, Outcome } from '../audit/actions.js'
import { IntegrityError } from '../cipher/record.js'
import { scan } from '../scan.js'
import { type Change, StoreError } from '../store/store.js'
import { billingChange } from './billing.js'
import type { Installation } from './installation.js'
import {
  type OperationRecord,
  type Step,
  type StepName,
  openOperation,
  operationStates,
  updateOperation,
} from './operation-record.js'
import { stepWork } from './provisioning-steps.js'
import { type TenantRecord, updateTenant } from './tenant-record.js'

const atOnce = 4
/** A step that the database cut off is run again this often before the operation fails. */
const attempts = 3

/** The engine is stopping: the operation stays as it is, for the next start. */
class Interrupted extends Error {}

export class Provisioning {
  readonly #waiting: OperationRecord[] = []
  readonly #running = new Map<string, Promise<void>>()
  readonly #ended = new Map<string, (() => void)[]>()
  #stopping = false

  constructor(private readonly installation: Installation) {}

  /** An operation that waits or runs already is not started twice. */
  start(operation: OperationRecord): void {
    if (this.#isOpen(operation.id)) return
    this.#waiting.push(operation)
    this.#next()
  }

  /** Whether the operation has ended within `milliseconds`. */
  async wait(id: string, milliseconds: number): Promise<boolean> {
    if (milliseconds > 0 && this.#isOpen(id))
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds)
        const ended = this.#ended.get(id) ?? []
        this.#ended.set(id, [...ended, () => (clearTimeout(timer), resolve())])
      })
    return !this.#isOpen(id)
  }

  /** Goes on with everything that a start before this one left. */
  async resume(): Promise<void> {
    const { store, keys } = this.installation.context
    const rows = scan(store, 'operation', { state: operationStates.running, secret: true })
    for await (const row of rows) this.start(openOperation(keys, row))
  }

  /** Takes no more steps; resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all(this.#running.values())
  }

  #isOpen(id: string): boolean {
    return this.#running.has(id) || this.#waiting.some((operation) => operation.id === id)
  }

  #next(): void {
    while (this.#running.size < atOnce && !this.#stopping) {
      const operation = this.#waiting.shift()
      if (!operation) return
      const run = this.#run(operation).finally(() => {
        this.#running.delete(operation.id)
        for (const resolve of this.#ended.get(operation.id) ?? []) resolve()
        this.#ended.delete(operation.id)
        this.#next()
      })
      this.#running.set(operation.id, run)
    }
  }

  async #run(operation: OperationRecord): Promise<void> {
    const { log, directory, tenants } = this.installation
    let present = operation
    try {
      const tenant = await directory.get(operation.tenant)
      if (operation.status !== 'running' || tenant.status !== 'provisioning') return
      for (const step of operation.steps)
        if (step.finishedTime === null && step.name !== 'activate')
          present = await this.#step(present, tenant, step.name)
      await tenants.evict(tenant.id)
      if (this.#stopping) return
      await this.#activate(present, await directory.get(operation.tenant))
    } catch (error) {
      if (error instanceof Interrupted) return
      log.error('a provisioning failed', { tenantId: operation.tenant, error })
      await this.#fail(present.id, error).catch((fault: unknown) =>
        log.error('a failed provisioning is not on record', {
          tenantId: operation.tenant,
          error: fault,
        }),
      )
    }
  }

  async #step(
    operation: OperationRecord,
    tenant: TenantRecord,
    name: StepName,
  ): Promise<OperationRecord> {
    if (this.#stopping) throw new Interrupted()
    const { clock } = this.installation
    const started = await this.#record(operation, name, { startedTime: clock.now(), error: null })
    const work = stepWork[name as keyof typeof stepWork]
    await this.#patiently(() =>
      work({ installation: this.installation, tenant, operation: started }),
    )
    return this.#record(started, name, { finishedTime: clock.now() })
  }

  async #patiently(work: () => Promise<void>): Promise<void> {
    for (let left = attempts; ; left--)
      try {
        return await work()
      } catch (error) {
        const passing = error instanceof StoreError && error.code === 'unavailable'
        if (!passing || left === 1) throw error
        if (this.#stopping) throw new Interrupted()
      }
  }

  async #record(
    operation: OperationRecord,
    name: StepName,
    step: Partial<Step>,
  ): Promise<OperationRecord> {
    const { clock, context } = this.installation
    const steps = withStep(operation, name, step)
    const next = updateOperation(context.keys, operation, { steps }, clock.now())
    await context.store.put([next.change])
    return next.operation
  }

  /** Together with the billing event, in one transaction. */
  async #activate(operation: OperationRecord, tenant: TenantRecord): Promise<void> {
    const { clock, context } = this.installation
    const time = clock.now()
    const steps = withStep(operation, 'activate', { startedTime: time, finishedTime: time })
    const done = { status: 'succeeded', finishedTime: time, steps } as const
    const billing = billingChange(tenant.id, {
      // Once a tenant, however often the step runs.
      id: tenant.id,
      type: 'tenant.provisioned',
      time,
      data: {},
    })
    const activated = this.#event(tenant.id, 'tenant.activate', 'success')
    await this.#commit(
      [activated, ...this.#issued(operation, tenant)],
      [
        updateTenant(context.keys, tenant, { status: 'active' }, time).change,
        updateOperation(context.keys, operation, done, time).change,
        billing,
      ],
    )
  }

  async #fail(id: string, error: unknown): Promise<void> {
    const { clock, context, directory } = this.installation
    const [row] = await context.store.read('operation', [id])
    if (!row) return
    const operation = openOperation(context.keys, row)
    const tenant = await directory.get(operation.tenant)
    // It ended after all, and only the answer was lost.
    if (operation.status !== 'running' || tenant.status !== 'provisioning') return
    const time = clock.now()
    const open = operation.steps.find(({ finishedTime }) => finishedTime === null)
    const steps = open
      ? withStep(operation, open.name, { finishedTime: time, error: codeOf(error) })
      : operation.steps
    await this.#commit(
      [this.#event(tenant.id, 'tenant.fail', 'failure')],
      [
        updateTenant(context.keys, tenant, { status: 'failed' }, time).change,
        updateOperation(
          context.keys,
          operation,
          { status: 'failed', finishedTime: time, steps },
          time,
        ).change,
      ],
    )
  }

  // Until now nobody could be shown the token.
  #issued({ principal, result }: OperationRecord, { id, setup }: TenantRecord): AuditEvent[] {
    if (!result.setup) return []
    const name = setup[0]?.issuedBy ?? ''
    const actor = { type: 'msp-admin', id: principal, name } as const
    return [{ ...this.#event(id, 'setup_token.issue', 'success'), actor }]
  }

  #event(tenant: TenantId, action: ActionName, outcome: Outcome): AuditEvent {
    return {
      action,
      actor: { type: 'system', id: '', name: '' },
      target: { type: 'tenant', id: tenant },
      outcome,
      requestId: '',
      clientAddress: '',
      time: this.installation.clock.now(),
      detail: {},
    }
  }

  async #commit(events: readonly AuditEvent[], changes: readonly Change[]): Promise<void> {
    const commit = { changes, outbox: [], raiseEpoch: false, expectedEpoch: null }
    await this.installation.context.audit.commit(commit, events)
  }
}

const withStep = (operation: OperationRecord, name: StepName, change: Partial<Step>): Step[] =>
  operation.steps.map((step) => (step.name === name ? { ...step, ...change } : step))

const codeOf = (error: unknown): ErrorCode => {
  if (error instanceof ApiError) return error.code
  if (error instanceof IntegrityError) return 'integrity_failure'
  return error instanceof StoreError ? 'database_unavailable' : 'internal_error'
}
