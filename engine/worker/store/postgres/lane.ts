// A lane of work on one database: one statement or transaction at a time, in the order asked, on a connection that is
// made when first needed and given back when idle or when others wait. After a fault the connection is thrown away;
// the next job makes a new one. It must never run two jobs at once.
import { setTimeout as pause } from 'node:timers/promises'
import { type Milliseconds, monotonicClock } from '../../../clock.js'
import type { ConnectionBudget, Place } from './budget.js'
import { faultOf, isLost, unavailable } from './faults.js'
import { Session } from './session.js'
import type { SessionOptions } from './target.js'
import { StoreError } from '../store.js'

/** What runs on the connection, alone on it. */
export type Work<T> = (session: Session) => Promise<T>

type Attempt = (session: Session) => Promise<void>

interface Job {
  readonly run: Attempt
  /** Once more, on a new connection, when the first was lost; null: nobody may. */
  readonly again: Attempt | null
  /** How long after that loss `again` is tried anew, should its connection be lost too. */
  readonly patienceMs: Milliseconds
  fail(error: StoreError): void
}

const clientGraceMs = 1_000
const lossPauseMs = 50

export class Lane {
  readonly #queue: Job[] = []
  #session: Session | null = null
  #place: Place | null = null
  /** Jobs are under way, one after the other. */
  #running = false
  /** The connection is in use. Ends with the answer, so that who was answered may go on at once. */
  #working = false
  #closed = false
  #givenBack: Promise<void> = Promise.resolve()
  #idled: (() => void)[] = []

  constructor(
    private readonly options: SessionOptions,
    private readonly budget: ConnectionBudget,
  ) {}

  /** Connected, and nothing to do. */
  get isReady(): boolean {
    return this.#session?.isOpen === true && !this.#working && this.#queue.length === 0
  }

  get isConnected(): boolean {
    return this.#session?.isOpen === true
  }

  /**
   * Errors of `work` that are no StoreError come back as `unavailable`; what it throws itself comes back as it is.
   * When the connection is lost under it, `again` runs on a new one, before anything that is queued, and once more on
   * the next one while `patienceMs` lasts: for what is `unavailable` although it may have been done.
   */
  run<T>(work: Work<T>, again: Work<T> | null = null, patienceMs: Milliseconds = 0): Promise<T> {
    if (this.#closed) return Promise.reject(new StoreError('closed'))
    return new Promise<T>((resolve, reject) => {
      const attempt =
        (tried: Work<T>): Attempt =>
        async (session) => {
          const answer = await this.#bounded(session, tried)
          this.#working = false
          resolve(answer)
        }
      const second = again === null ? null : attempt(again)
      this.#queue.push({ run: attempt(work), again: second, patienceMs, fail: reject })
      if (!this.#running) void this.#drain()
    })
  }

  /** What is queued still runs; then the connection ends. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#running) await new Promise<void>((resolve) => this.#idled.push(resolve))
    this.#giveBack()
    await this.#givenBack
  }

  #bounded<T>(session: Session, work: Work<T>): Promise<T> {
    return session.timed(this.options.limits.statementMs + clientGraceMs, () => work(session))
  }

  async #drain(): Promise<void> {
    this.#running = true
    this.#place?.busy()
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) {
      await this.#runOne(job)
      if (this.#place?.isOverdue === true) this.#giveBack()
    }
    this.#running = false
    this.#place?.idle()
    for (const resolve of this.#idled.splice(0)) resolve()
  }

  async #runOne(job: Job): Promise<void> {
    this.#working = true
    try {
      const session = await this.#connected()
      const isLostUnder = await this.#attempt(job.run, session, job.again !== null)
      if (isLostUnder) await this.#again(job.again!, job.patienceMs)
    } catch (error) {
      this.#working = false
      job.fail(unavailable(error))
    }
    if (this.#session?.isOpen === false) this.#discard()
  }

  async #again(again: Attempt, patienceMs: Milliseconds): Promise<void> {
    const end = monotonicClock.now() + patienceMs
    for (;;) {
      // Who closes does not wait for a server that is away.
      const isLast = this.#closed || monotonicClock.now() >= end
      try {
        await this.#attempt(again, await this.#connected(), false)
        return
      } catch (error) {
        if (isLast || error instanceof StoreError || !isLost(faultOf(error))) throw error
      }
      await pause(lossPauseMs)
    }
  }

  /** Whether the connection was lost and `mayLose` said that this is to be answered rather than thrown. */
  async #attempt(attempt: Attempt, session: Session, mayLose: boolean): Promise<boolean> {
    try {
      await attempt(session)
      return false
    } catch (error) {
      if (error instanceof StoreError || !isLost(faultOf(error))) throw error
      this.#discard()
      if (!mayLose) throw error
      return true
    }
  }

  async #connected(): Promise<Session> {
    if (this.#session?.isOpen === true) return this.#session
    this.#discard()
    await this.#givenBack
    this.#place = await this.budget.acquire({ giveBack: () => this.#giveBackIfIdle() })
    try {
      this.#session = await Session.open(this.options)
      return this.#session
    } catch (error) {
      this.#discard()
      throw error
    }
  }

  #giveBackIfIdle(): void {
    if (!this.#running) this.#giveBack()
  }

  /** The place is free for others only once the server's side of the connection is. */
  #giveBack(): void {
    const [session, place] = [this.#session, this.#place]
    this.#session = null
    this.#place = null
    if (place === null) return
    this.#givenBack = (session?.close() ?? Promise.resolve()).finally(() => place.release())
  }

  #discard(): void {
    this.#session?.destroy()
    this.#session = null
    this.#place?.release()
    this.#place = null
  }
}
