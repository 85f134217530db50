// What verification asks of one chain beyond its order: that each block says what its columns, its hash and its filter
// say, that its anchors agree, that it reaches its last one, and that the chains which go on from it start where it was.
import type { ChainRegistration } from '../../task/broker.js'
import type { Uuid } from '../../ids.js'
import type { Keyring } from '../keys/keyring.js'
import type { AuditBlock } from '../store/store.js'
import { actions } from './actions.js'
import type { AnchorSink } from './anchors.js'
import { AnchorWalk } from './anchor-walk.js'
import type { ChainState } from './chain.js'
import { checkContents } from './contents.js'
import { Terms } from './filter.js'
import type { RecordedEvent } from './line.js'
import type { Fault, Reason } from './reasons.js'
import { isSame } from './same.js'
import type { ChainWalk, Visitor } from './walk.js'

/** An event and where it is. */
export interface PlacedEvent extends RecordedEvent {
  readonly chain: Uuid
  /** Of the block that it is in. */
  readonly firstSeq: number
}

/** Sees every event that is in order; for more than checking. */
export type Watch = (event: PlacedEvent) => void

export interface ChainResult {
  readonly faults: readonly Fault[]
  /** Events after the last anchor. */
  readonly unanchored: number
}

export interface CheckParts {
  readonly keys: Keyring
  readonly sink: Pick<AnchorSink, 'anchors'>
  readonly watch: Watch
}

/** `successors`: the chains registered as going on from this one. */
export const checkChain = async (
  walk: ChainWalk,
  parts: CheckParts,
  successors: readonly ChainRegistration[],
): Promise<ChainResult> => {
  const anchors = await AnchorWalk.open(parts.sink, walk.chain)
  const check = new ChainCheck(walk.state.registration, parts, anchors, successors)
  check.meet(walk.state)
  const fault = (await walk.run(check)) ?? endFault(walk, anchors) ?? check.linkFault(walk)
  return {
    faults: fault ? [...check.recorded, fault] : check.recorded,
    unanchored: Math.max(0, walk.events - anchors.lastSeq),
  }
}

const endFault = ({ chain, state }: ChainWalk, { lastSeq }: AnchorWalk): Fault | null => {
  if (state.seq >= lastSeq) return null
  const reason = state.seq === 0 ? 'chain_missing' : 'chain_cut'
  return { chain, sequence: state.seq + 1, id: null, reason }
}

/** Opens blocks and shows what they say. */
export class ContentWatch {
  readonly #terms: Terms

  constructor(
    { macKeyId }: ChainRegistration,
    private readonly keys: Keyring,
    private readonly watch: Watch,
  ) {
    this.#terms = new Terms(keys, macKeyId)
  }

  /** What is wrong with it; the events are shown where nothing is. */
  block(block: AuditBlock): Fault | null {
    const { chain, firstSeq } = block
    const { events, reason } = checkContents(this.keys, this.#terms, block)
    if (events === null) return { chain, sequence: firstSeq, id: null, reason }
    for (const event of events) this.watch({ ...event, chain, firstSeq })
    return null
  }
}

class ChainCheck implements Visitor {
  readonly recorded: Fault[] = []
  readonly #contents: ContentWatch
  #anchors: Awaited<ReturnType<AnchorWalk['upTo']>> = new Map()
  /** Digests that successors start from, still to be met. */
  #links: Uint8Array[]

  constructor(
    registration: ChainRegistration,
    { keys, watch }: CheckParts,
    private readonly walk: AnchorWalk,
    successors: readonly ChainRegistration[],
  ) {
    this.#links = successors.map(({ previousDigest }) => previousDigest ?? new Uint8Array())
    this.#contents = new ContentWatch(registration, keys, (event) => {
      if (event.action === actions['audit.chain_broken']) this.recorded.push(brokenAt(event))
      watch(event)
    })
  }

  async page(lastSeq: number): Promise<void> {
    this.#anchors = await this.walk.upTo(lastSeq)
  }

  block(block: AuditBlock, state: ChainState): Reason | null {
    for (const { digest, mac } of this.#anchorsOf(block))
      if (!isSame(digest, state.digest) || !isSame(mac, block.mac)) return 'anchor_mismatch'
    this.meet(state)
    const fault = this.#contents.block(block)
    if (fault) this.recorded.push(fault)
    return null
  }

  // An anchor is where a block ends: one that is within a block is of another block.
  *#anchorsOf({ firstSeq, count }: AuditBlock) {
    for (let seq = firstSeq; seq < firstSeq + count; seq++) yield* this.#anchors.get(seq) ?? []
  }

  meet({ digest }: ChainState): void {
    if (this.#links.length > 0) this.#links = this.#links.filter((link) => !isSame(link, digest))
  }

  linkFault({ chain, state }: ChainWalk): Fault | null {
    if (this.#links.length === 0) return null
    return { chain, sequence: state.seq, id: null, reason: 'link_mismatch' }
  }
}

// The block itself is right, and so may be all that follow: the walk goes on.
const brokenAt = ({ chain, firstSeq, id }: PlacedEvent): Fault => ({
  chain,
  sequence: firstSeq,
  id,
  reason: 'chain_broken',
})
