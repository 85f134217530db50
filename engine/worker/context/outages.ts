// Databases that cannot be reached, each told once when it begins and once when it is over, with how many requests and
// writes it cost: a line a request would bury what else there is to read.
import type { Clock, Milliseconds } from '../../clock.js'
import type { TenantId } from '../../ids.js'
import type { Log, LogFields } from '../../log.js'
import { databaseReason } from '../store/postgres/fault-sentence.js'

interface Outage {
  readonly since: Milliseconds
  count: number
}

/** Of more at once only the failures are counted. */
const toldAtMost = 1_000

const reasonOf = (error: unknown): Pick<LogFields, 'reason'> => {
  const reason = databaseReason(error)
  return reason === null ? {} : { reason }
}

export class Outages {
  readonly #open = new Map<TenantId, Outage>()
  #failures = 0

  constructor(
    private readonly log: Pick<Log, 'error' | 'info'>,
    private readonly clock: Clock,
  ) {}

  /** Since the thread began. */
  get failures(): number {
    return this.#failures
  }

  /** Something could not be done because of the database of `tenantId`. */
  failed(tenantId: TenantId, code: string, error: unknown): void {
    this.#failures++
    const outage = this.#open.get(tenantId)
    if (outage) outage.count++
    else if (this.#open.size < toldAtMost) this.#begin(tenantId, code, error)
  }

  /** Cheap while there is none. */
  reached(tenantId: TenantId): void {
    if (this.#open.size === 0) return
    const outage = this.#open.get(tenantId)
    if (!outage) return
    this.#open.delete(tenantId)
    const durationMs = Math.round(this.clock.now() - outage.since)
    this.log.info('a database is reached again', { tenantId, count: outage.count, durationMs })
  }

  #begin(tenantId: TenantId, code: string, error: unknown): void {
    this.#open.set(tenantId, { since: this.clock.now(), count: 1 })
    const fields = { tenantId, code, error, ...reasonOf(error) }
    this.log.error('a database cannot be reached: more of the same is only counted', fields)
  }
}
