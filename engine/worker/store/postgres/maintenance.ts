// The one connection on which a server is administered: one job at a time in this process, and by an advisory lock one
// at a time among all engines, because sessions that change the same row of the catalog fail. A job that failed takes
// its connection with it, so that no role or transaction of it is left; jobs must be able to run again from the start.
import { setTimeout as pause } from 'node:timers/promises'
import type { Milliseconds } from '../../../clock.js'
import { StoreError } from '../store.js'
import { faultOf, isLost } from './faults.js'
import { quoted } from './identifiers.js'
import { answerOf, isPassing, refusal } from './refusal.js'
import { Session } from './session.js'
import type { SessionOptions } from './target.js'

const attempts = 8
const backoffMs = 40
const idleMs: Milliseconds = 5_000
/** A job is a few statements; the slowest, of dropping and making databases, take seconds on a busy server. */
const jobMs: Milliseconds = 300_000
/** Any number, as long as every engine takes the same: "rppam" as ASCII. */
const lockKey = '491512684909'
// Who holds one tenant's role or database by a lock must not hold up the administration of all.
const lock = `set lock_timeout to 0; select pg_advisory_lock(${lockKey}); set lock_timeout to '5s'`
const unlock = `select pg_advisory_unlock(${lockKey})`

/** Options of roles that memberships have one by one came with 16. */
const oldestVersion = 160_000

// Others may own schemas in the maintenance database: nothing of theirs may stand in for a catalog's function.
const onlyCatalog = 'set search_path to pg_catalog, pg_temp'
const version = `select current_setting('server_version_num')`

/** As in "15.4"; the number counts as major × 10,000 + minor. */
const versionText = (number: number): string => `${Math.floor(number / 10_000)}.${number % 10_000}`

/** Throws ApiError `provisioning_refused` for a server that is too old; `number` as server_version_num says it. */
export const requireVersion = (number: number): void => {
  if (number >= oldestVersion) return
  throw refusal(`PostgreSQL 16 or later is needed, and this server is ${versionText(number)}`)
}

/** Statements in one transaction as `role`, which is left again with it, whatever happens. */
export const runAs = (session: Session, role: string, statements: readonly string[]) =>
  session.script(['begin', `set local role ${quoted(role)}`, ...statements, 'commit'].join('; '))

const openMaintenance = async (options: SessionOptions): Promise<Session> => {
  const session = await Session.open(options)
  await session.script(onlyCatalog)
  try {
    const [row] = await session.query({ text: version, parameters: [] })
    requireVersion(Number(row?.[0]))
    return session
  } catch (error) {
    session.destroy()
    throw error
  }
}

export class Maintenance {
  #tail: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #session: Session | null = null
  #idle: NodeJS.Timeout | null = null
  #closed = false

  constructor(private readonly options: SessionOptions) {}

  /** In the order of the calls. Throws ApiError `provisioning_refused`, or StoreError `unavailable`. */
  run<T>(job: (session: Session) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new StoreError('closed'))
    this.#waiting++
    const turn = this.#tail.then(() => this.#attempt(job)).finally(() => this.#done())
    this.#tail = turn.catch(() => undefined)
    return turn
  }

  /** Whether the server is there, lets us in and is fit: nothing is done there. Throws as run does. */
  async reach(): Promise<void> {
    try {
      this.#session = await openMaintenance(this.options)
    } catch (error) {
      throw answerOf(error)
    }
  }

  /** After what is queued. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#tail
    await this.#rest()
  }

  async #attempt<T>(job: (session: Session) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#locked(job)
      } catch (error) {
        this.#discard()
        if (attempt === attempts || !isPassing(error)) throw answerOf(error)
        await pause(backoffMs * attempt)
      }
    }
  }

  async #locked<T>(job: (session: Session) => Promise<T>): Promise<T> {
    if (this.#idle !== null) clearTimeout(this.#idle)
    const session = (await this.#lockKept()) ?? (await this.#lockNew())
    return session.timed(jobMs, async () => {
      const result = await job(session)
      await session.script(unlock)
      return result
    })
  }

  /** A connection that died while it rested is found now, before anything was done on it. */
  async #lockKept(): Promise<Session | null> {
    const session = this.#session
    if (session?.isOpen !== true) return null
    try {
      await session.script(lock)
      return session
    } catch (error) {
      if (!isLost(faultOf(error))) throw error
      this.#discard()
      return null
    }
  }

  async #lockNew(): Promise<Session> {
    this.#session = await openMaintenance(this.options)
    await this.#session.script(lock)
    return this.#session
  }

  /** The connection is kept from job to job: making it takes a fifth of what a database does. */
  #done(): void {
    this.#waiting--
    if (this.#waiting === 0) this.#idle = setTimeout(() => void this.#rest(), idleMs).unref()
  }

  async #rest(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle)
    if (this.#waiting > 0) return
    const session = this.#session
    this.#session = null
    await session?.close()
  }

  #discard(): void {
    this.#session?.destroy()
    this.#session = null
  }
}
