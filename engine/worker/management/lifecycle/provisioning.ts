// Runs provisioning operations, a few at a time. What is cut off, by SIGTERM or SIGKILL, goes on at the next start by
// itself (SPEC §6).
import { setTimeout as delay } from 'node:timers/promises'
import type { Milliseconds } from '../../../clock.js'
import { type TenantId, type Uuid, nilUuid } from '../../../ids.js'
import { ApiError } from '../../../errors.js'
import { isIntegrity } from '../../request/refusal.js'
import { scan } from '../../request/scan.js'
import type { Row } from '../../store/store.js'
import type { Installation } from '../../installation/installation.js'
import { reportIntegrity } from '../../installation/integrity-report.js'
import { latestOperation } from '../../control/latest-operation.js'
import { openOperation, operationStates } from '../../control/operation-record.js'
import { type StartedAnswer, type Starting, startedAnswer } from '../../control/started-answer.js'
import { withRetries } from '../../control/retry-policy.js'
import { ProvisioningRun } from './provisioning-run.js'
import { openTenantRow, tenantStates } from '../../control/tenant-record.js'

const atOnce = 4

/** One that takes longer waits for something, such as a database that hangs: the next need not wait for it. */
const slowMs: Milliseconds = 15_000
/** Of these, so many: a server that is slow as a whole is not asked for more and more. */
const slowAtMost = 16

/** Until what cannot even be recorded is tried anew. */
const againMs: Milliseconds = 5_000

/** The engine is stopping: the operation stays as it is, for the next start. */
class Interrupted extends Error {}

interface Running {
  readonly id: Uuid
  readonly tenant: TenantId
}

const runners = new WeakMap<Installation, Provisioning>()

export class Provisioning {
  readonly #waiting: Running[] = []
  readonly #running = new Map<string, Promise<void>>()
  /** Of those that run. */
  readonly #slow = new Set<string>()
  /** Who waits for an operation is told when it has ended, or when nobody may wait any longer. */
  readonly #waiters = new Map<string, (() => void)[]>()
  readonly #stopped = new AbortController()

  constructor(private readonly installation: Installation) {
    installation.beforeClose(() => this.stop())
    runners.set(installation, this)
  }

  /** An operation that waits or runs already is not started twice. */
  start(operation: Running): void {
    if (this.#isOpen(operation.id)) return
    this.#waiting.push(operation)
    this.#next()
  }

  /** Starts it; what who asked for it is answered. */
  answer(
    call: Parameters<typeof startedAnswer>[0],
    tenant: TenantId,
    operation: Running,
  ): Promise<StartedAnswer> {
    this.start(operation)
    const { directory } = this.installation
    const wait: Starting['wait'] = (id, milliseconds) => this.wait(id, milliseconds)
    return startedAnswer(call, { directory, wait }, tenant, operation.id)
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
    const { signal } = this.#stopped
    // Read first: whoever is reserved from now on has an operation that goes on.
    const left = await withRetries(signal, () => this.#tenantsUnderWay())
    for (const operation of await withRetries(signal, () => this.#operationsUnderWay())) {
      left.delete(operation.tenant)
      this.start(operation)
    }
    for (const tenant of left)
      await this.#abandon(tenant).catch((error: unknown) =>
        this.installation.log.error('a provisioning is left as it is', { tenantId: tenant, error }),
      )
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
    const counted = (): number => this.#running.size - Math.min(this.#slow.size, slowAtMost)
    while (counted() < atOnce && !this.#stopped.signal.aborted) {
      const operation = this.#waiting.shift()
      if (!operation) return
      const slow = setTimeout(() => {
        this.#slow.add(operation.id)
        this.#next()
      }, slowMs).unref()
      const run = this.#run(operation).finally(() => {
        clearTimeout(slow)
        this.#slow.delete(operation.id)
        this.#running.delete(operation.id)
        this.#release(operation.id)
        this.#next()
      })
      this.#running.set(operation.id, run)
    }
  }

  async #run(operation: Running): Promise<void> {
    const { signal } = this.#stopped
    const run = new ProvisioningRun(this.installation, operation, signal)
    while (!signal.aborted && !(await run.settle()))
      await delay(againMs, undefined, { signal }).catch(() => undefined)
  }

  async #tenantsUnderWay(): Promise<Set<TenantId>> {
    const { context } = this.installation
    const found = new Set<TenantId>()
    const state = tenantStates.provisioning
    for await (const row of scan(context.store, 'tenant', { state, secret: true }))
      await this.#orReport(row, row.id, () => found.add(openTenantRow(context.keys, row).id))
    return found
  }

  async #operationsUnderWay(): Promise<Running[]> {
    const { context } = this.installation
    const found: Running[] = []
    const state = operationStates.running
    for await (const row of scan(context.store, 'operation', { state, secret: true }))
      await this.#orReport(row, row.parent ?? nilUuid, () =>
        found.push(openOperation(context.keys, row)),
      )
    return found
  }

  /** One row that does not open must not keep the others from going on. */
  async #orReport({ id }: Row, tenant: Uuid, open: () => void): Promise<void> {
    try {
      open()
    } catch (error) {
      if (!isIntegrity(error)) throw error
      const tenantId = tenant as TenantId
      this.installation.log.error('a row does not open', { operationId: id, tenantId, error })
      await reportIntegrity(this.installation, tenantId)
    }
  }

  /** A tenant whose operation is gone, or does not open, may at least be removed. */
  async #abandon(tenant: TenantId): Promise<void> {
    const { installation } = this
    const { signal } = this.#stopped
    const now = await withRetries(signal, () => installation.directory.get(tenant))
    const operation = await withRetries(signal, () =>
      latestOperation(installation.context, now),
    ).catch((error: unknown) => {
      if (!isIntegrity(error)) throw error
    })
    // It has ended since, or begun anew.
    if (now.status !== 'provisioning' || operation?.status === 'running') return
    await reportIntegrity(installation, tenant)
    const run = new ProvisioningRun(installation, { id: null, tenant }, signal)
    await run.fail(new ApiError('integrity_failure'))
  }
}

/** What runs the installation's operations; management-main has made it. */
export const provisioningOf = (installation: Installation): Provisioning => {
  const provisioning = runners.get(installation)
  if (!provisioning) throw new Error('nothing provisions here')
  return provisioning
}
