// What the runner and the process that makes a disturbance's traffic say to each other.

/** Stands in a request for eight digits that no other request of the process has; as long as they are. */
export const serial = '%SERIAL%'

/** Requests of one kind over some connections, one in flight on each. */
export interface FlowPlan {
  readonly name: string
  readonly connections: number
  /** Whole requests, head and body, in turn. */
  readonly requests: readonly string[]
  /** Where they come from. */
  readonly localAddress: string
  /** Between an answer and the next request. */
  readonly pauseMs: number
  /** Null: answers are read. Else only their first bytes are, and the connection is held this long. */
  readonly holdMs: number | null
  /** Statuses that show that the disturbance happens. */
  readonly expected: readonly number[]
  /** Statuses that are no fault; alone they show nothing. */
  readonly tolerated: readonly number[]
  /** Whether getting no answer is what is expected. */
  readonly hangs: boolean
}

/** A database whose backends stop. */
export interface HangPlan {
  /** Of a superuser, at this database. */
  readonly url: string
  readonly database: string
}

export interface TrafficPlan {
  readonly port: number
  readonly flows: readonly FlowPlan[]
  readonly hang: HangPlan | null
  /** It ends by itself after this, told to or not. */
  readonly longestMs: number
  /** It ends by itself after so many requests. */
  readonly mostRequests: number
}

/** How many of each status. */
export type Answers = Readonly<Record<string, number>>

export interface FlowTally {
  readonly answers: Answers
  /** In flight at the end. */
  readonly unanswered: number
  /** What those were answered when the end was waited for. */
  readonly late: Answers
  /** Connections that could not be made, or that closed before an answer. */
  readonly broken: number
  /** Of any request, those in flight at the end included. */
  readonly slowestMs: number
}

export interface Tally {
  /** By name, in the plan's order. */
  readonly flows: Readonly<Record<string, FlowTally>>
  readonly stoppedBackends: number
  /** It came to one of its bounds before it was told to end. */
  readonly endedEarly: boolean
}

export type TrafficReport =
  | { readonly kind: 'begun' }
  | { readonly kind: 'done'; readonly tally: Tally }
  | { readonly kind: 'error'; readonly message: string }
