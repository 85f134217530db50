// One writer's end of an audit chain: opens it at the first write, gives events their places, and moves on only when
// they are durable. It must be asked for one write at a time. It never writes other bytes where its own may be already:
// after a write of unknown fate it looks at what is stored before it goes on.
import type { Clock, Milliseconds } from '../../clock.js'
import {
  type AuditBlock,
  StoreError,
  type StoreErrorCode,
  type Store,
  type StoredState,
} from '../store/store.js'
import { anchorAt, Anchorer } from './anchorer.js'
import type { ChainState } from './chain.js'
import type { Tip } from './chain-check.js'
import { type Draft, draftOf } from './draft.js'
import { type PreparedEvent, prepareEvent } from './event.js'
import { Terms } from './filter.js'
import { type ChainParts, resumeChain, startChain } from './resume.js'

export interface ChainWriterOptions extends ChainParts {
  readonly store: Store
  /** What anchors say of the tenant's access. */
  readonly states: { readonly stored: StoredState }
  readonly clock: Clock
  readonly anchorIntervalMs: Milliseconds
  readonly anchorEvery: number
  readonly onFault: (error: unknown) => void
}

/**
 * Makes the blocks of some events durable: it asks for them once, when it knows which events there are. Null: nothing was
 * kept.
 */
export type Send<T> = (
  blocksOf: (events: readonly PreparedEvent[]) => readonly AuditBlock[],
) => Promise<T | null>

/** How often tick is called. */
const tickMs: Milliseconds = 1_000

// Of these the store promises that nothing was kept; of everything else nobody knows.
const refusals: ReadonlySet<StoreErrorCode> = new Set<StoreErrorCode>([
  'conflict',
  'stale',
  'epoch',
  'audit_conflict',
])
export const isRefusal = (error: unknown): error is StoreError =>
  error instanceof StoreError && refusals.has(error.code)

const isAuditConflict = (error: unknown): boolean =>
  error instanceof StoreError && error.code === 'audit_conflict'

export class ChainWriter {
  readonly #anchorer: Anchorer
  #state: ChainState | null = null
  #terms: Terms | null = null
  /** A write whose fate is unknown. */
  #unsettled: Draft | null = null
  /** What a new chain must say first. */
  #preface: readonly PreparedEvent[] = []
  /** Events of the chain up to here have an anchor, sent or waiting. */
  #anchored = 0
  #closes = false
  /** When the first event after the last anchor was written. */
  #unanchoredSince: Milliseconds | null = null

  constructor(private readonly options: ChainWriterOptions) {
    this.#anchorer = new Anchorer(options.sink, (error) => options.onFault(error))
  }

  /** How many events the next write may have at most, so that anchors are no further apart than they should. */
  get room(): number {
    const since = (this.#state?.seq ?? 0) - this.#anchored + this.#preface.length
    return Math.max(1, this.options.anchorEvery - since)
  }

  /**
   * Rejects with what `send` or the sink rejects with; then the chain is where it was. `epoch` is asked when the blocks
   * are made: the access epoch that the events' decisions rest on.
   */
  async write<T>(epoch: () => number, send: Send<T>): Promise<T | null> {
    const state = await this.#succeeded(await this.#settled(await this.#opened()))
    try {
      return await this.#attempt(state, epoch, send)
    } catch (error) {
      if (!isAuditConflict(error)) throw error
      return this.#attempt(await this.#leave(), epoch, send)
    }
  }

  /** The next write begins a chain that goes on from this one. */
  closeChain(): void {
    this.#closes = true
  }

  /** Where the chain is; null: nothing was written yet. */
  get tip(): Tip | null {
    const state = this.#state
    if (!state) return null
    const { registration, seq, digest } = state
    return { chain: registration.chain, seq, digest: Buffer.from(digest) }
  }

  /** After a write: anchors what is due; `isRaised`: the tenant's access is another one since. */
  anchorIfDue(isRaised: boolean): void {
    const since = this.#unanchoredSince
    if (since === null) return
    const isOld = this.options.clock.now() - since >= this.options.anchorIntervalMs
    const events = (this.#state?.seq ?? 0) - this.#anchored
    if (isRaised || isOld || events >= this.options.anchorEvery) this.#anchor()
  }

  /** Once a second: anchors what would be overdue at the next tick. Never rejects. */
  async tick(): Promise<void> {
    const since = this.#unanchoredSince
    const overdue = this.options.clock.now() + tickMs - this.options.anchorIntervalMs
    if (since !== null && since <= overdue) this.#anchor()
    await this.#anchorer.flush()
  }

  /** Anchors what has no anchor yet. Never rejects. */
  async anchor(): Promise<void> {
    this.#anchor()
    await this.#anchorer.flush()
  }

  async #attempt<T>(state: ChainState, epoch: () => number, send: Send<T>): Promise<T | null> {
    const made: { draft?: Draft } = {}
    try {
      const result = await send((events) => {
        made.draft = this.#draft(state, epoch(), events)
        return made.draft.blocks
      })
      if (made.draft && result !== null) this.#accept(made.draft)
      return result
    } catch (error) {
      if (made.draft && !isRefusal(error)) this.#unsettled = made.draft
      throw error
    }
  }

  #draft(state: ChainState, epoch: number, events: readonly PreparedEvent[]): Draft {
    const { keys } = this.options
    const terms = (this.#terms ??= new Terms(keys, state.registration.macKeyId))
    return draftOf(state, { keys, terms, epoch }, [...this.#preface, ...events])
  }

  #accept({ blocks, after }: Draft): void {
    if (blocks.length === 0) return
    this.#state = after
    this.#preface = []
    this.#unanchoredSince ??= this.options.clock.now()
  }

  async #opened(): Promise<ChainState> {
    if (this.#state) return this.#state
    const now = this.options.clock.now()
    const { state, anchored, preface, closed } = await resumeChain(this.options, now)
    if (closed) this.#anchorer.add(anchorAt(closed, this.options.states.stored, now))
    this.#preface = preface.map(prepareEvent)
    this.#anchored = anchored
    this.#state = state
    // What the last run left without an anchor was checked just now.
    this.#anchor()
    return state
  }

  // When they are not there, they may still land later: a COMMIT can outlive its connection. The primary key lets only
  // one of the two in, and then either that COMMIT or our next write fails.
  async #settled(state: ChainState): Promise<ChainState> {
    const draft = this.#unsettled
    if (!draft) return state
    const { chain } = state.registration
    const stored = await this.options.store.auditChain(
      chain,
      state.seq + 1,
      draft.blocks.length + 1,
    )
    if (stored.length > 0 && !areSame(stored, draft.blocks)) return this.#leave()
    this.#unsettled = null
    if (stored.length === 0) return state
    this.#accept(draft)
    this.#anchor()
    return draft.after
  }

  // Another writer has gone on with this chain. Its events stand, ours go to a chain of their own; nobody's is broken,
  // and so the new one is linked to nothing.
  async #leave(): Promise<ChainState> {
    const state = await startChain(this.options, null)
    this.#unsettled = null
    return this.#goOnIn(state)
  }

  async #succeeded(state: ChainState): Promise<ChainState> {
    if (!this.#closes || state.seq === 0) return state
    const { registration, digest } = state
    const next = await startChain(this.options, { chain: registration.chain, digest })
    this.#closes = false
    return this.#goOnIn(next)
  }

  /** What the chain before has without an anchor gets its last one. */
  #goOnIn(state: ChainState): ChainState {
    this.#anchor()
    this.#terms = null
    this.#state = state
    this.#anchored = 0
    this.#unanchoredSince = null
    return state
  }

  #anchor(): void {
    const state = this.#state
    if (!state || state.seq <= this.#anchored) return
    const { states, clock } = this.options
    this.#anchorer.add(anchorAt(state, states.stored, clock.now()))
    this.#anchored = state.seq
    this.#unanchoredSince = null
  }
}

const areSame = (stored: readonly AuditBlock[], blocks: readonly AuditBlock[]): boolean =>
  stored.length === blocks.length && stored.every((block, i) => isOurs(block, blocks[i]))

// The MAC covers the digest, and the digest the plain columns; the sealed bytes are compared as such.
const isOurs = (stored: AuditBlock, block: AuditBlock | undefined): boolean =>
  block !== undefined && stored.mac.equals(block.mac) && stored.sealed.equals(block.sealed)
