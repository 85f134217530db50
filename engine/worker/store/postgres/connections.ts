// Short visits to one database each: a connection for one piece of work, a few at a time in this process. Never the
// maintenance database's, whose jobs wait for each other.
import type { Clock, Milliseconds } from '../../../clock.js'
import { ConnectionBudget } from './budget.js'
import { answerOf } from './refusal.js'
import { Session } from './session.js'
import type { DatabaseTarget, SessionLimits, SessionOptions } from './target.js'

const atOnce = 3
const waitMs: Milliseconds = 600_000

export type Visit<T> = (session: Session) => Promise<T>

export class Connections {
  readonly #budget: ConnectionBudget

  constructor(
    private readonly common: Omit<SessionOptions, 'target' | 'limits'>,
    clock: Clock,
  ) {
    this.#budget = new ConnectionBudget(atOnce, clock, { waitMs })
  }

  /** Throws ApiError `provisioning_refused`, or StoreError `unavailable`. */
  async visit<T>(target: DatabaseTarget, limits: SessionLimits, work: Visit<T>): Promise<T> {
    const place = await this.#budget.acquire({ giveBack: () => undefined })
    try {
      return await this.#visit({ ...this.common, target, limits }, work)
    } catch (error) {
      throw answerOf(error)
    } finally {
      place.release()
    }
  }

  /** Closed before the next may have the place: a database with connections cannot be dropped. */
  async #visit<T>(options: SessionOptions, work: Visit<T>): Promise<T> {
    const session = await Session.open(options)
    try {
      return await work(session)
    } finally {
      await session.close()
    }
  }
}
