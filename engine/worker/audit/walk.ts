// Goes through the stored events of one chain and checks each: its place, its detail, its MAC. Whoever verifies and
// whoever resumes a chain walk it the same way. It trusts nothing of the store, and stops at the first fault.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { timingSafeEqual } from 'node:crypto'
import type { TenantId, Uuid } from '../../ids.js'
import type { ChainRegistration } from '../../task/broker.js'
import { IntegrityError } from '../cipher/record.js'
import { type Keyring } from '../keys/keyring.js'
import type { AuditRow, Store } from '../store/store.js'
import { ChainState } from './chain.js'
import { openDetail } from './detail.js'
import type { Fault, Reason } from './reasons.js'

const pageRows = 1_024
/** Events between two looks at what else the thread has to do. */
const sliceEvents = 256

/** How a long walk shares its thread. */
export interface Pace {
  /** Ends the walk with its reason when it is aborted. */
  readonly signal?: AbortSignal | undefined
  /** Resolves when the walk may go on; at the next turn of the event loop where it is left out. */
  readonly giveWay?: (() => Promise<void>) | undefined
}

/** Looks at events that are right by themselves. */
export interface Visitor {
  /** Before events up to this one are shown. */
  page(lastSeq: number): Promise<void>
  /** The state is the one after this event. What is answered is wrong with it all the same. */
  event(row: AuditRow, json: string, state: ChainState): Reason | null
}

export class ChainWalk {
  readonly state: ChainState
  #events = 0

  constructor(
    private readonly store: Pick<Store, 'auditChain'>,
    private readonly keys: Keyring,
    tenant: TenantId,
    registration: ChainRegistration,
    from?: { readonly seq: number; readonly digest: Uint8Array },
    private readonly pace: Pace = {},
  ) {
    this.state = from
      ? ChainState.at(tenant, registration, from.seq, from.digest)
      : ChainState.atStart(tenant, registration)
  }

  get chain(): Uuid {
    return this.state.registration.chain
  }

  /** Events that were in order. */
  get events(): number {
    return this.#events
  }

  /** To the chain's present end. May be called again, for what came since. Rejects with the signal's reason. */
  async run(visitor?: Visitor): Promise<Fault | null> {
    for (;;) {
      this.pace.signal?.throwIfAborted()
      const rows = await this.store.auditChain(this.chain, this.state.seq + 1, pageRows)
      await visitor?.page(this.state.seq + rows.length)
      for (const [i, row] of rows.entries()) {
        if (i % sliceEvents === 0) await (this.pace.giveWay ?? nextTurn)()
        const fault = this.#step(row, visitor)
        if (fault) return fault
      }
      if (rows.length < pageRows) return null
    }
  }

  #step(row: AuditRow, visitor: Visitor | undefined): Fault | null {
    const sequence = this.state.seq + 1
    if (row.chain === this.chain && row.seq > sequence)
      return { chain: this.chain, sequence, id: null, reason: 'event_missing' }
    const reason = this.#check(row, sequence, visitor)
    if (reason === null) this.#events++
    return reason && { chain: this.chain, sequence, id: row.id, reason }
  }

  #check(row: AuditRow, sequence: number, visitor: Visitor | undefined): Reason | null {
    if (row.chain !== this.chain || row.seq !== sequence) return 'event_misplaced'
    let json: string
    try {
      const opened = openDetail(this.keys, row)
      json = opened.json
      this.state.advance(row, opened.commit)
    } catch (error) {
      if (error instanceof IntegrityError) return 'detail_unreadable'
      if (error instanceof RangeError || error instanceof TypeError) return 'event_malformed'
      throw error
    }
    return this.#checkMac(row) ?? visitor?.event(row, json, this.state) ?? null
  }

  #checkMac({ mac }: AuditRow): Reason | null {
    try {
      return isSame(this.state.mac(this.keys), mac) ? null : 'mac_mismatch'
    } catch (error) {
      if (error instanceof IntegrityError) return 'mac_key_missing'
      throw error
    }
  }
}

/** In constant time: a MAC must not be found byte by byte. */
export const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && timingSafeEqual(a, b)
