// What one tenant, or nobody, does while another one's reads are measured. Each has a tenant of its own, so that what one
// leaves behind is not in the way of the next.
import type { StartedEngine } from '../contender/engine/start-engine.js'
import type { Credentials } from '../contender/engine/provision.js'
import type { FlowPlan, HangPlan } from '../traffic/messages.js'

export interface Site {
  readonly engine: StartedEngine
  /** The tenant that is measured. */
  readonly measured: Credentials
  /** Of the disturbance's own tenant, not yet taken. */
  readonly shortCode: string
}

export interface Actions {
  readonly flows: readonly FlowPlan[]
  readonly hang: HangPlan | null
}

/** What it does the next time it is asked to; with tokens that are good for the next ten minutes. */
export type Prepared = (longestMs: number) => Promise<Actions>

/** A figure of its own that must stay under a bound, beside the measured tenant's latency. */
export interface Bound {
  readonly promise: string
  readonly flow: string
  readonly slowestMs: number
}

export interface Disturbance {
  readonly id: string
  readonly title: string
  readonly bounds: readonly Bound[]
  /** Once a run: its tenant, with whatever it needs. */
  prepare(site: Site): Promise<Prepared>
}
