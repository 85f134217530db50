// Short visits to one database each: a connection for one piece of work, a few at a time in this process, none held up
// by another database that hangs. Never the maintenance database's, whose jobs wait for each other.
import type { Bulkhead } from '../bulkhead.js'
import { answerOf } from './refusal.js'
import { Session } from './session.js'
import type { DatabaseTarget, SessionOptions } from './target.js'

export type Visit<T> = (session: Session) => Promise<T>

const keyOf = ({ host, port, database }: DatabaseTarget): string => `${host}:${port}/${database}`

export class Connections {
  constructor(
    private readonly common: Omit<SessionOptions, 'target'>,
    private readonly bulkhead: Bulkhead,
  ) {}

  /** Throws ApiError `provisioning_refused`, or StoreError `unavailable`. */
  async visit<T>(target: DatabaseTarget, work: Visit<T>): Promise<T> {
    try {
      return await this.bulkhead.run(keyOf(target), (signal) =>
        this.#visit({ ...this.common, target }, work, signal),
      )
    } catch (error) {
      throw answerOf(error)
    }
  }

  /** Closed before the next may have the place: a database with connections cannot be dropped. */
  async #visit<T>(options: SessionOptions, work: Visit<T>, signal: AbortSignal): Promise<T> {
    const session = await Session.open(options, signal)
    try {
      return await work(session)
    } finally {
      await session.close()
    }
  }
}
