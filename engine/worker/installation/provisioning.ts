// Runs provisioning operations: a few at a time, step by step, each step's start and end on record before the next
// begins. What is cut off, by SIGTERM or SIGKILL, goes on at the next start by itself (SPEC §6).
import { setTimeout as delay } from 'node:timers/promises'
import pRetry from 'p-retry'
import type { Milliseconds } from '../../clock.js'
import type { TenantId, Uuid } from '../../ids.js'
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

/** A database that is away is waited for, about half a minute, before the operation fails. */
const patience = { retries: 10, minTimeout: 250, maxTimeout: 5_000, randomize: true } as const

/** Until what cannot even be recorded is tried anew. */
const againMs: Milliseconds = 5_000

/** The engine is stopping: the operation stays as it is, for the next start. */
class Interrupted extends Error {}

const passingCodes: ReadonlySet<ErrorCode> = new Set([
  'audit_unavailable',
  'control_unavailable',
  'database_unavailable',
  'overloaded',
])

/** What another try may find mended. */
const isPassing = (error: unknown): boolean =>
  error instanceof StoreError
    ? error.code === 'unavailable'
    : error instanceof ApiError && passingCodes.has(error.code)

export class Provisioning {
  readonly #waiting: OperationRecord[] = []
  readonly #running = new Map<string, Promise<void>>()
  /** Who waits for an operation is told when it has ended, or when nobody may wait any longer. */
  readonly #waiters = new Map<string, (() => void)[]>()
  readonly #stopped = new AbortController()

  constructor(private readonly installation: Installation) {}

  /** An operation that waits or runs already is not started twice. */
  start(operation: OperationRecord): void {
    if (this.#isOpen(operation.id)) return
    this.#waiting.push(operation)
    this.#next()
  }

  /** Whether the operation has ended within `milliseconds`. */
  async wait(id: string, milliseconds: number): Promise<boolean> {
    if (milliseconds > 0 && this.#isOpen(id) && !this.#stopped.signal.aborted)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds)
        const waiters = this.#waiters.get(id) ?? []
        this.#waiters.set(id, [...waiters, () => (clearTimeout(timer), resolve())])
      })
    return !this.#isOpen(id)
  }

  /** Goes on with everything that a start before this one left. */
  async resume(): Promise<void> {
    const { log, context } = this.installation
    const rows = scan(context.store, 'operation', { state: operationStates.running, secret: true })
    for await (const row of rows)
      try {
        this.start(openOperation(context.keys, row))
      } catch (error) {
        // One row that does not open must not keep the others from going on.
        log.error('an operation does not open', { operationId: row.id, error })
      }
  }

  /** Takes no more steps, and nobody waits for an end any longer. */
  interrupt(): void {
    this.#stopped.abort(new Interrupted())
    for (const id of this.#waiters.keys()) this.#release(id)
  }

  /** As interrupt; resolves when the steps under way have ended. */
  async stop(): Promise<void> {
    this.interrupt()
    await Promise.all(this.#running.values())
  }

  #release(id: string): void {
    for (const resolve of this.#waiters.get(id) ?? []) resolve()
    this.#waiters.delete(id)
  }

  #isOpen(id: string): boolean {
    return this.#running.has(id) || this.#waiting.some((operation) => operation.id === id)
  }

  #next(): void {
    while (this.#running.size < atOnce && !this.#stopped.signal.aborted) {
      const operation = this.#waiting.shift()
      if (!operation) return
      const run = this.#run(operation).finally(() => {
        this.#running.delete(operation.id)
        this.#release(operation.id)
        this.#next()
      })
      this.#running.set(operation.id, run)
    }
  }

  async #run(operation: OperationRecord): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted && !(await this.#settle(operation)))
      await delay(againMs, undefined, { signal }).catch(() => undefined)
  }

  /** Whether it has ended, one way or the other; false: it could not even be recorded. */
  async #settle({ id, tenant }: OperationRecord): Promise<boolean> {
    const { log } = this.installation
    try {
      await this.#provision(id)
      return true
    } catch (error) {
      if (this.#stopped.signal.aborted) return false
      log.error('a provisioning failed', { tenantId: tenant, error })
      return this.#recordFailure(id, tenant, error)
    }
  }

  async #recordFailure(id: Uuid, tenant: TenantId, cause: unknown): Promise<boolean> {
    try {
      await this.#patiently(() => this.#fail(id, cause))
      return true
    } catch (error) {
      this.installation.log.error('a failed provisioning is not on record', {
        tenantId: tenant,
        error,
      })
      return !isPassing(error)
    }
  }

  async #provision(id: Uuid): Promise<void> {
    const { directory, tenants } = this.installation
    const operation = await this.#patiently(() => this.#read(id))
    if (!operation) return
    const tenant = await this.#patiently(() => directory.get(operation.tenant))
    if (operation.status !== 'running' || tenant.status !== 'provisioning') return
    let present = operation
    for (const step of operation.steps)
      if (step.finishedTime === null && step.name !== 'activate')
        present = await this.#step(present, tenant, step.name)
    await this.#patiently(() => tenants.evict(tenant.id))
    const finished = present
    await this.#patiently(async () => {
      const now = await directory.get(operation.tenant)
      // A commit before this one whose answer was lost has done it.
      if (now.status === 'provisioning') await this.#activate(finished, now)
    })
  }

  async #read(id: Uuid): Promise<OperationRecord | null> {
    const { store, keys } = this.installation.context
    const [row] = await store.read('operation', [id])
    return row ? openOperation(keys, row) : null
  }

  async #step(
    operation: OperationRecord,
    tenant: TenantRecord,
    name: StepName,
  ): Promise<OperationRecord> {
    const { clock } = this.installation
    const started = await this.#record(operation, name, { startedTime: clock.now(), error: null })
    const work = stepWork[name as keyof typeof stepWork]
    await this.#patiently(() =>
      work({ installation: this.installation, tenant, operation: started }),
    )
    return this.#record(started, name, { finishedTime: clock.now() })
  }

  /** Rejects with Interrupted when the engine stops. */
  #patiently<T>(work: () => Promise<T>): Promise<T> {
    return pRetry(work, {
      ...patience,
      signal: this.#stopped.signal,
      shouldRetry: ({ error }) => isPassing(error),
    })
  }

  async #record(
    operation: OperationRecord,
    name: StepName,
    step: Partial<Step>,
  ): Promise<OperationRecord> {
    const { clock, context } = this.installation
    const steps = withStep(operation, name, step)
    const next = updateOperation(context.keys, operation, { steps }, clock.now())
    await this.#patiently(() => this.#put(next))
    return next.operation
  }

  // Stale means that a try before this one was written after all, if the row is at the version that it wrote.
  async #put({ operation, change }: ReturnType<typeof updateOperation>): Promise<void> {
    try {
      await this.installation.context.store.put([change])
    } catch (error) {
      const isStale = error instanceof StoreError && error.code === 'stale'
      if (!isStale || (await this.#read(operation.id))?.version !== operation.version) throw error
    }
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

  async #fail(id: Uuid, error: unknown): Promise<void> {
    const { clock, context, directory } = this.installation
    const operation = await this.#read(id)
    if (!operation) return
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
