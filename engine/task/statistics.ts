// What a thread tells of itself when metrics are asked for: numbers, and nothing of any tenant.
import type { LoopDelay } from '../event-loop.js'
import type { TallyCounts } from '../tally.js'

export interface ThreadStatistics {
  readonly openTenants: number
  readonly connections: { readonly used: number; readonly waiting: number; readonly max: number }
  readonly loopDelay: LoopDelay
  readonly auditLag: TallyCounts
  readonly auditGroup: TallyCounts
  /** Requests and writes that a database's outage cost. */
  readonly outageFailures: number
}
