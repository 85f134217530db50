// The audit log of one open tenant: nothing that it was asked to record is answered before it is durable. Appends that
// come while a write is in flight gather and leave together as one block; commits run in between, each in its own
// transaction, in the order in which all of them came. One write at a time: they are links of one chain.
import { type Clock, type Milliseconds, monotonicClock } from '../../clock.js'
import { ApiError } from '../../errors.js'
import type { TenantId, Uuid } from '../../ids.js'
import type { Keyring } from '../keys/keyring.js'
import type { AppendResult, Commit, StateGuard, Store, StoredState } from '../store/store.js'
import type { AnchorSink } from './anchors.js'
import type { AuditMeter } from './audit-meter.js'
import { maxBlockEvents } from './block.js'
import type { Tip } from './chain-check.js'
import { ChainWriter, isRefusal, type Send } from './chain-writer.js'
import { type AuditEvent, type PreparedEvent, prepareEvent } from './event.js'
import { withRecorded } from './recorded-rows.js'

/** Who judges the state that every write answers (FORMATS §6). */
export interface StateObserver {
  /** Taken when a write is sent. */
  readonly stored: StoredState
  /** Whether it is a newer one. Throws what is told to those who wrote. What they wrote is durable all the same. */
  observe(answered: StoredState, sent: StoredState): boolean
}

export interface AuditLogOptions {
  readonly tenant: TenantId
  readonly store: Store
  readonly keys: Keyring
  readonly sink: AnchorSink
  readonly states: StateObserver
  readonly clock: Clock
  /** Names this node: no two that run at once may have the same. */
  readonly writer: string
  readonly anchorIntervalMs: Milliseconds
  readonly anchorEvery: number
  /** Of the thread; tests have none. */
  readonly meter?: AuditMeter
  /** What the callers are not told. */
  onFault?(error: unknown): void
}

export interface AuditedCommit extends Pick<Commit, 'changes' | 'outbox'> {
  /** Asked when its turn has come, so that commits of one log do not overtake each other. */
  guard(): StateGuard | null
}

interface Job<T> {
  readonly events: readonly PreparedEvent[]
  /** When it was asked for, by the monotonic clock. */
  readonly since: Milliseconds
  resolve(result: T): void
  reject(error: unknown): void
}
interface AppendJob extends Job<AppendResult> {
  readonly served: readonly Uuid[]
}
interface CommitJob extends Job<StoredState> {
  readonly commit: AuditedCommit
}

/** Events that may wait; more means that the database does not keep up. */
const maxWaiting = 10_000
/** Events and served entries of one statement. */
const maxGroup = maxBlockEvents
const maxServed = 2_000

export class AuditLog {
  readonly #store: Store
  readonly #writer: ChainWriter
  readonly #states: StateObserver
  readonly #meter: AuditMeter | null
  readonly #onFault: (error: unknown) => void
  readonly #queue: (AppendJob | CommitJob)[] = []
  #waiting = 0
  #running: Promise<void> | null = null
  #closed = false

  constructor(options: AuditLogOptions) {
    this.#store = options.store
    this.#states = options.states
    this.#meter = options.meter ?? null
    this.#onFault = (error) => options.onFault?.(error)
    this.#writer = new ChainWriter({ ...options, onFault: this.#onFault })
  }

  /**
   * Makes the event durable; answers the tenant's state and the present versions of what is served with it (of others'
   * too). Errors: `audit_unavailable`, `overloaded`, `shutting_down`, and what `states` throws.
   */
  append(event: AuditEvent, served: readonly Uuid[] = []): Promise<AppendResult> {
    return this.#ask([event], (job: Job<AppendResult>) => ({ ...job, served }))
  }

  /** One transaction. Errors: as of append, and StoreError `conflict`, `stale` and `epoch` as the store throws them. */
  commit(commit: AuditedCommit, events: readonly AuditEvent[]): Promise<StoredState> {
    if (events.length === 0) return Promise.reject(new RangeError('a commit has an event'))
    const recorded = withRecorded(events, commit.changes)
    return this.#ask(recorded, (job: Job<StoredState>) => ({ ...job, commit }))
  }

  /** Where the chain of this writer is; null: nothing was written yet. */
  get tip(): Tip | null {
    return this.#writer.tip
  }

  /** Once a second. Never rejects. */
  tick(): Promise<void> {
    return this.#writer.tick()
  }

  /** Writes what waits, anchors the chain; from then on everything is refused. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
    await this.#writer.close()
  }

  #ask<T>(
    events: readonly AuditEvent[],
    jobOf: (job: Job<T>) => AppendJob | CommitJob,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new ApiError('shutting_down')
      if (this.#waiting + events.length > maxWaiting) throw new ApiError('overloaded')
      this.#queue.push(
        jobOf({ events: this.#prepared(events), since: monotonicClock.now(), resolve, reject }),
      )
      this.#waiting += events.length
      this.#running ??= this.#drain()
    })
  }

  // An event that cannot be recorded is refused before it joins others.
  #prepared(events: readonly AuditEvent[]): readonly PreparedEvent[] {
    try {
      return events.map(prepareEvent)
    } catch (error) {
      throw this.#unavailable(error)
    }
  }

  async #drain(): Promise<void> {
    // Callers of this very turn come along.
    await Promise.resolve()
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0])
      if ('commit' in next) await this.#runCommit(this.#take(1)[0] as CommitJob)
      else await this.#runAppends(this.#take(this.#groupLength()) as AppendJob[])
    this.#running = null
  }

  #take(count: number): (AppendJob | CommitJob)[] {
    const jobs = this.#queue.splice(0, count)
    for (const { events } of jobs) this.#waiting -= events.length
    return jobs
  }

  /** Appends at the head of the queue that leave together; at least one. */
  #groupLength(): number {
    const limit = Math.min(maxGroup, this.#writer.room, this.#queue.length)
    let served = 0
    let length = 0
    for (; length < limit; length++) {
      const job = this.#queue[length]
      if (!job || 'commit' in job) break
      served += job.served.length
      if (served > maxServed && length > 0) break
    }
    return length
  }

  async #runAppends(jobs: readonly AppendJob[]): Promise<void> {
    const served = [...new Set(jobs.flatMap((job) => job.served))]
    const events = jobs.flatMap((job) => job.events)
    try {
      const result = await this.#write(events, (blocks) => this.#store.append(blocks, served))
      this.#meter?.written(events.length, monotonicClock.now() - jobs[0]!.since)
      for (const { resolve } of jobs) resolve(result)
    } catch (error) {
      for (const { reject } of jobs) reject(error)
    }
  }

  async #runCommit({ commit, events, since, resolve, reject }: CommitJob): Promise<void> {
    const { changes, outbox } = commit
    const send: Send<StoredState> = (audit) =>
      this.#store.commit({ changes, outbox, guard: commit.guard(), audit })
    await this.#write(events, send).then((state) => {
      this.#meter?.written(events.length, monotonicClock.now() - since)
      resolve(state)
    }, reject)
  }

  /** Before the next write, so that it rests on what this one was answered. */
  async #write<T extends StoredState>(events: readonly PreparedEvent[], send: Send<T>): Promise<T> {
    let sent = this.#states.stored
    const written = this.#writer.write({
      events,
      epoch: () => this.#states.stored.accessEpoch,
      send: (blocks) => {
        sent = this.#states.stored
        return send(blocks)
      },
    })
    const answered = await written.catch((error: unknown) => this.#refused(error))
    this.#observe(answered, sent)
    return answered
  }

  #observe(answered: StoredState, sent: StoredState): void {
    let isRaised = false
    try {
      isRaised = this.#states.observe(answered, sent)
    } finally {
      this.#writer.anchorIfDue(isRaised)
    }
  }

  /** Throws what a caller decides by as it is, and everything else as `audit_unavailable`. */
  #refused(error: unknown): never {
    throw isRefusal(error) && error.code !== 'audit_conflict' ? error : this.#unavailable(error)
  }

  #unavailable(error: unknown): ApiError {
    this.#onFault(error)
    return new ApiError('audit_unavailable')
  }
}
