// What the runner and the load generator, processes of their own, say to each other.
export interface Target {
  /** The whole request, head and body; `serial` in it becomes eight digits that no other request of the load has. */
  readonly request: string
  /** Of the answer. */
  readonly status: number
  /** The body that must come back; null: any. */
  readonly body: string | null
}

export interface LoadPlan {
  readonly port: number
  readonly connections: number
  readonly warmupMs: number
  readonly measureMs: number
  readonly targets: readonly Target[]
  /** One after the other; else uniformly, by chance. */
  readonly inTurn: boolean
}

export interface LoadOutcome {
  /** Good answers from the first request to the last, warm-up included. */
  readonly answered: number
  /** Good answers within the measured window. */
  readonly measured: number
  /** Answers of another status, or not with the body expected. */
  readonly failed: number
  /** Status line of the first failed one. */
  readonly firstFailure: string | null
  readonly measuredSeconds: number
  /** Counts of a Histogram, microseconds: of the answers within the window and of what was in flight at its end. */
  readonly latencies: readonly number[]
  /** The generator's own, within the window. */
  readonly cpuMicros: number
}

export type LoadReport =
  | { readonly kind: 'window-opened' }
  | { readonly kind: 'window-closed' }
  | { readonly kind: 'done'; readonly outcome: LoadOutcome }
  | { readonly kind: 'error'; readonly message: string }
