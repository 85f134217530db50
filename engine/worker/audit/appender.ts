// The audit log of one open tenant: nothing that it was asked to record is answered before it is durable. What comes while
// a write is in flight gathers and leaves together as one block, commits in one transaction (gather.ts says which). One
// write at a time: they are links of one chain.
import { type Clock, type Milliseconds, monotonicClock } from '../../clock.js'
import { ApiError } from '../../errors.js'
import type { TenantId, Uuid } from '../../ids.js'
import type { Keyring } from '../keys/keyring.js'
import {
  type AppendResult,
  type AuditBlock,
  type GroupResult,
  type Store,
  StoreError,
  type StoredState,
} from '../store/store.js'
import type { AnchorSink } from './anchors.js'
import type { AuditMeter } from './audit-meter.js'
import { maxBlockEvents } from './block.js'
import type { Tip } from './chain-check.js'
import { ChainWriter, isRefusal, type Send } from './chain-writer.js'
import { type AuditEvent, type PreparedEvent, prepareEvent } from './event.js'
import { type AuditedCommit, gather } from './gather.js'
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
  /** For how long something took; tests have one of their own. */
  readonly timer?: Clock
  /** What the callers are not told. */
  onFault?(error: unknown): void
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
type AnyJob = AppendJob | CommitJob

const isCommit = (job: AnyJob): job is CommitJob => 'commit' in job
const isAppend = (job: AnyJob): job is AppendJob => !isCommit(job)

/** Events that may wait; more means that the database does not keep up. */
const maxWaiting = 10_000
/** Of one write. */
const maxServed = 2_000
const maxCommits = 128
const maxChangedBytes = 2 * 1024 * 1024

/** An append that took longer does not say how things are now. */
const askedAgainAfter: Milliseconds = 1_000

export class AuditLog {
  readonly #store: Store
  readonly #writer: ChainWriter
  readonly #states: StateObserver
  readonly #meter: AuditMeter | null
  readonly #timer: Clock
  readonly #onFault: (error: unknown) => void
  readonly #queue: AnyJob[] = []
  #waiting = 0
  #running: Promise<void> | null = null
  #closed = false

  constructor(options: AuditLogOptions) {
    this.#store = options.store
    this.#states = options.states
    this.#meter = options.meter ?? null
    this.#timer = options.timer ?? monotonicClock
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

  /** What is written from now on is in a chain of its own, linked to this one. */
  closeChain(): void {
    this.#writer.closeChain()
  }

  /** Anchors what was written until now. Never rejects. */
  anchor(): Promise<void> {
    return this.#writer.anchor()
  }

  /** Writes what waits, anchors the chain; from then on everything is refused. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
    await this.#writer.anchor()
  }

  #ask<T>(events: readonly AuditEvent[], jobOf: (job: Job<T>) => AnyJob): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new ApiError('shutting_down')
      if (this.#waiting + events.length > maxWaiting) throw new ApiError('overloaded')
      this.#queue.push(
        jobOf({ events: this.#prepared(events), since: this.#timer.now(), resolve, reject }),
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
    try {
      while (this.#queue.length > 0) await this.#run(this.#take())
    } finally {
      this.#running = null
    }
  }

  /** What leaves together; at least one. */
  #take(): AnyJob[] {
    const places = gather(this.#queue, {
      events: Math.min(maxBlockEvents, this.#writer.room),
      served: maxServed,
      commits: maxCommits,
      bytes: maxChangedBytes,
    })
    const jobs = places.map((place) => this.#queue[place]!)
    const passed = this.#queue.splice(0, places.at(-1)! + 1)
    if (passed.length > jobs.length) {
      const taken = new Set(jobs)
      this.#queue.unshift(...passed.filter((job) => !taken.has(job)))
    }
    for (const { events } of jobs) this.#waiting -= events.length
    return jobs
  }

  #run(jobs: readonly AnyJob[]): Promise<void> {
    const [first, ...others] = jobs
    if (jobs.every(isAppend)) return this.#runAppends(jobs)
    return first && isCommit(first) && others.length === 0
      ? this.#runCommit(first)
      : this.#runGroup(jobs)
  }

  async #runAppends(jobs: readonly AppendJob[]): Promise<void> {
    const events = jobs.flatMap((job) => job.events)
    const begun = this.#timer.now()
    try {
      const written = await this.#write(events, (blocks) =>
        this.#store.append(blocks, servedBy(jobs)),
      )
      this.#meter?.written(events.length, this.#timer.now() - jobs[0]!.since)
      const result = await this.#asItIs(written, jobs, begun)
      for (const { resolve } of jobs) resolve(result)
    } catch (error) {
      for (const { reject } of jobs) reject(error)
    }
  }

  async #runCommit({ commit, events, since, resolve, reject }: CommitJob): Promise<void> {
    const { changes, outbox } = commit
    const send = (audit: readonly AuditBlock[]): Promise<StoredState> =>
      this.#store.commit({ changes, outbox, guard: commit.guard(), audit })
    await this.#write(events, send).then((state) => {
      this.#meter?.written(events.length, this.#timer.now() - since)
      resolve(state)
    }, reject)
  }

  async #runGroup(jobs: readonly AnyJob[]): Promise<void> {
    const begun = this.#timer.now()
    try {
      const written = await this.#writeGroup(jobs)
      if (written === null) return await this.#runEach(jobs)
      this.#answer(jobs.filter(isCommit), written)
      const appends = jobs.filter(isAppend)
      this.#answer(appends, { ...written, ...(await this.#asItIs(written, appends, begun)) })
    } catch (error) {
      for (const { reject } of jobs) reject(error)
    }
  }

  /** Commits by themselves, each with all the time that it takes. */
  async #runEach(jobs: readonly AnyJob[]): Promise<void> {
    const appends = jobs.filter(isAppend)
    if (appends.length > 0) await this.#runAppends(appends)
    for (const job of jobs) if (isCommit(job)) await this.#runCommit(job)
  }

  #writeGroup(jobs: readonly AnyJob[]): Promise<GroupResult | null> {
    const commits = jobs.filter(isCommit)
    const guards = commits.map(({ commit }) => commit.guard())
    return this.#compose((blocksOf) =>
      this.#store.commitGroup({
        items: commits.map(({ commit }) => commit),
        expected: guards.find((guard) => guard !== null)?.expected ?? null,
        served: servedBy(jobs.filter(isAppend)),
        audit: (held) => {
          const refused = new Set<AnyJob>(commits.filter((_, i) => !held[i]))
          return blocksOf(jobs.flatMap((job) => (refused.has(job) ? [] : job.events)))
        },
      }),
    )
  }

  #answer(jobs: readonly AnyJob[], result: GroupResult): void {
    const refusals = result.refusals.values()
    let written = 0
    for (const job of jobs) {
      const refusal = isCommit(job) ? refusals.next().value : null
      if (refusal) job.reject(new StoreError(refusal))
      else {
        job.resolve(result)
        written += job.events.length
      }
    }
    if (written > 0) this.#meter?.written(written, this.#timer.now() - jobs[0]!.since)
  }

  async #write<T extends StoredState>(
    events: readonly PreparedEvent[],
    send: (blocks: readonly AuditBlock[]) => Promise<T>,
  ): Promise<T> {
    return (await this.#compose((blocksOf) => send(blocksOf(events)))) as T
  }

  /** Resolves before the next write, so that it rests on what this one was answered. */
  async #compose<T extends StoredState>(send: Send<T>): Promise<T | null> {
    let sent = this.#states.stored
    const written = this.#writer.write<T>(
      () => this.#states.stored.accessEpoch,
      (blocksOf) => {
        sent = this.#states.stored
        return send(blocksOf)
      },
    )
    const answered = await written.catch((error: unknown) => this.#refused(error))
    if (answered !== null) this.#observe(answered, sent)
    return answered
  }

  /** What took long to answer says how it was: it is asked again before anything leaves (FORMATS §6). */
  async #asItIs(
    answered: AppendResult,
    jobs: readonly AppendJob[],
    begun: Milliseconds,
  ): Promise<AppendResult> {
    if (jobs.length === 0 || this.#timer.now() - begun <= askedAgainAfter) return answered
    const sent = this.#states.stored
    const present = await this.#store.append([], servedBy(jobs)).catch((error: unknown) => {
      throw this.#unavailable(error)
    })
    this.#observe(present, sent)
    return present
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

/** Each once. */
const servedBy = (jobs: readonly AppendJob[]): readonly Uuid[] => [
  ...new Set(jobs.flatMap(({ served }) => served)),
]
