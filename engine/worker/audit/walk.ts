// Goes through the stored blocks of one chain and checks each: its place, its MAC, and for who asks its content.
// Whoever verifies and whoever resumes a chain walk it the same way. It trusts nothing of the store. A block that does
// not open is told and passed: the chain goes over it. Where the chain itself is not whole, the walk ends.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { TenantId, Uuid } from '../../ids.js'
import type { ChainRegistration } from '../../task/broker.js'
import { IntegrityError } from '../cipher/record.js'
import { type Keyring } from '../keys/keyring.js'
import type { AuditBlock, Store } from '../store/store.js'
import { ChainState } from './chain.js'
import type { Fault, Reason } from './reasons.js'
import { isSame } from './same.js'

/** At most 16 MiB. */
const pageBlocks = 64
/** Events between two looks at what else the thread has to do. */
const sliceEvents = 256

/** How a long walk shares its thread. */
export interface Pace {
  /** Ends the walk with its reason when it is aborted. */
  readonly signal?: AbortSignal | undefined
  /** Resolves when the walk may go on; at the next turn of the event loop where it is left out. */
  readonly giveWay?: (() => Promise<void>) | undefined
}

/** Looks at blocks that are where they belong. */
export interface Visitor {
  /** Before blocks up to this event are shown. */
  page(lastSeq: number): Promise<void>
  /** The state is the one after this block. What is answered is wrong with the chain at it all the same. */
  block(block: AuditBlock, state: ChainState): Reason | null
}

export class ChainWalk {
  readonly state: ChainState
  #events = 0
  #slice = 0
  #isBroken = false

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

  /** Events of blocks that were in order. */
  get events(): number {
    return this.#events
  }

  /**
   * To the chain's present end, or the first fault of the chain itself. May be called again, for what came since; behind a
   * fault nothing can be told. Rejects with the signal's reason.
   */
  async run(visitor?: Visitor): Promise<Fault | null> {
    while (!this.#isBroken) {
      this.pace.signal?.throwIfAborted()
      const blocks = await this.store.auditChain(this.chain, this.state.seq + 1, pageBlocks)
      await visitor?.page(lastSeqOf(blocks))
      for (const block of blocks) {
        await this.#giveWay()
        const fault = this.#step(block, visitor)
        if (fault) return fault
      }
      if (blocks.length < pageBlocks) return null
    }
    return null
  }

  #giveWay(): Promise<void> | undefined {
    if (this.#slice < sliceEvents) return undefined
    this.#slice = 0
    return (this.pace.giveWay ?? nextTurn)()
  }

  #step(block: AuditBlock, visitor: Visitor | undefined): Fault | null {
    const sequence = this.state.seq + 1
    const reason = this.#check(block, sequence, visitor)
    if (reason !== null) {
      this.#isBroken = true
      return { chain: this.chain, sequence, id: null, reason }
    }
    this.#events += block.count
    this.#slice += block.count
    return null
  }

  #check(block: AuditBlock, sequence: number, visitor: Visitor | undefined): Reason | null {
    if (block.chain !== this.chain || block.firstSeq < sequence) return 'event_misplaced'
    if (block.firstSeq > sequence) return 'event_missing'
    try {
      this.state.advance(block)
    } catch (error) {
      if (error instanceof RangeError) return 'event_malformed'
      throw error
    }
    return this.#checkMac(block) ?? visitor?.block(block, this.state) ?? null
  }

  #checkMac({ mac }: AuditBlock): Reason | null {
    try {
      return isSame(this.state.mac(this.keys), mac) ? null : 'mac_mismatch'
    } catch (error) {
      if (error instanceof IntegrityError) return 'mac_key_missing'
      throw error
    }
  }
}

const lastSeqOf = (blocks: readonly AuditBlock[]): number => {
  const last = blocks.at(-1)
  return last ? last.firstSeq + last.count - 1 : 0
}
