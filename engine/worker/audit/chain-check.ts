// What verification asks of one chain beyond its order: that each block says what its columns, its hash and its filter
// say, that its anchors agree, that it reaches its last one, and that the chains which go on from it start where it was.
import type { ChainRegistration } from '../../task/broker.js'
import type { Uuid } from '../../ids.js'
import { IntegrityError } from '../cipher/record.js'
import type { Keyring } from '../keys/keyring.js'
import type { AuditBlock } from '../store/store.js'
import type { Acknowledgements } from './acknowledgements.js'
import { actions } from './actions.js'
import type { AnchorSink } from './anchors.js'
import { AnchorWalk } from './anchor-walk.js'
import type { ChainState } from './chain.js'
import { checkContents } from './contents.js'
import { Terms } from './filter.js'
import type { RecordedEvent } from './line.js'
import type { Fault, Finding, Reason } from './reasons.js'
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

/** Sees nothing: then no event is told where it is. */
export const ignore: Watch = () => {}

/** What verification itself takes in: breaks that were found, and those that were acknowledged. */
const notices: ReadonlySet<number> = new Set([
  actions['audit.chain_broken'],
  actions['audit.acknowledge'],
])

export interface ChainResult {
  readonly findings: readonly Finding[]
  /** Events after the last anchor. */
  readonly unanchored: number
  /** How many chains were registered, by its anchors. */
  readonly regs: number
}

/** Where a writer that runs has come to. */
export interface Tip {
  readonly chain: Uuid
  readonly seq: number
  /** 32 bytes. */
  readonly digest: Uint8Array
}

export interface CheckParts {
  readonly keys: Keyring
  readonly sink: Pick<AnchorSink, 'anchors'>
  readonly watch: Watch
  /** Taken in as they are met. */
  readonly acknowledgements: Acknowledgements
  readonly tip: Tip | null
}

/** `successors`: the chains registered as going on from this one. */
export const checkChain = async (
  walk: ChainWalk,
  parts: CheckParts,
  successors: readonly ChainRegistration[],
): Promise<ChainResult> => {
  const tip = parts.tip?.chain === walk.chain ? parts.tip : null
  const check = new ChainCheck(walk.state.registration, { ...parts, tip }, successors)
  const fault = await check.run(walk)
  return {
    findings: fault ? [...check.recorded, check.found(fault)] : check.recorded,
    unanchored: Math.max(0, walk.events - check.anchored),
    regs: check.regs,
  }
}

/** Opens blocks and shows what they say. */
export class ContentWatch {
  readonly #terms: Terms

  constructor(
    { macKeyId }: ChainRegistration,
    private readonly keys: Keyring,
    private readonly watch: Watch,
    private readonly onNotice?: (block: AuditBlock, event: RecordedEvent) => void,
  ) {
    this.#terms = new Terms(keys, macKeyId)
  }

  /** What is wrong with it; the events are shown where nothing is. */
  block(block: AuditBlock): Fault | null {
    const { chain, firstSeq } = block
    const { events, reason } = checkContents(this.keys, this.#terms, block)
    if (events === null) return { chain, sequence: firstSeq, id: null, reason }
    for (const event of events) {
      if (notices.has(event.action)) this.onNotice?.(block, event)
      if (this.watch !== ignore) this.watch({ ...event, chain, firstSeq })
    }
    return null
  }
}

class ChainCheck implements Visitor {
  readonly recorded: Finding[] = []
  regs = 0
  /** Of the last block that was right. */
  #digest = ''
  readonly #contents: ContentWatch
  #walk: AnchorWalk | null = null
  #anchors: Awaited<ReturnType<AnchorWalk['upTo']>> = new Map()
  /** Digests that successors start from, still to be met. */
  #links: Uint8Array[]

  constructor(
    registration: ChainRegistration,
    private readonly parts: CheckParts,
    successors: readonly ChainRegistration[],
  ) {
    const { keys, watch, acknowledgements } = parts
    this.#links = successors.map(({ previousDigest }) => previousDigest ?? new Uint8Array())
    this.#contents = new ContentWatch(registration, keys, watch, (block, event) => {
      if (event.action === actions['audit.acknowledge']) acknowledgements.take(event)
      else this.recorded.push(brokenAt(block, event))
    })
  }

  /** Events of the chain that its anchors reach. */
  get anchored(): number {
    return this.#walk?.lastSeq ?? 0
  }

  async run(walk: ChainWalk): Promise<Fault | null> {
    this.meet(walk.state)
    this.#digest = walk.state.digest.toString('hex')
    try {
      this.#walk = await AnchorWalk.open(this.parts.sink, walk.chain)
      return (await walk.run(this)) ?? this.#endFault(walk) ?? this.#linkFault(walk)
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error
      // An anchor that nobody signed vouches for nothing.
      return {
        chain: walk.chain,
        sequence: walk.state.seq + 1,
        id: null,
        reason: 'anchor_mismatch',
      }
    }
  }

  /** With what the chain was before it. */
  found(fault: Fault): Finding {
    return { fault, of: fault, lastGood: this.#digest, time: null }
  }

  async page(lastSeq: number): Promise<void> {
    if (this.#walk) this.#anchors = await this.#walk.upTo(lastSeq)
  }

  block(block: AuditBlock, state: ChainState): Reason | null {
    for (const { seq, digest, regs } of this.#anchorsOf(block)) {
      if (seq !== state.seq || !isSame(digest, state.digest)) return 'anchor_mismatch'
      this.regs = Math.max(this.regs, regs)
    }
    if (!this.#isTip(state)) return 'tip_mismatch'
    this.meet(state)
    const fault = this.#contents.block(block)
    if (fault) this.recorded.push(this.found(fault))
    this.#digest = state.digest.toString('hex')
    return null
  }

  // An anchor is where a block ends: one that is within it is of something else.
  *#anchorsOf({ firstSeq, count }: AuditBlock) {
    for (let seq = firstSeq; seq < firstSeq + count; seq++) yield* this.#anchors.get(seq) ?? []
  }

  meet({ digest }: ChainState): void {
    if (this.#links.length > 0) this.#links = this.#links.filter((link) => !isSame(link, digest))
  }

  #isTip({ seq, digest }: ChainState): boolean {
    const { tip } = this.parts
    return tip?.seq !== seq || isSame(tip.digest, digest)
  }

  #endFault({ chain, state }: ChainWalk): Fault | null {
    if (state.seq >= Math.max(this.anchored, this.parts.tip?.seq ?? 0)) return null
    const reason = state.seq === 0 ? 'chain_missing' : 'chain_cut'
    return { chain, sequence: state.seq + 1, id: null, reason }
  }

  #linkFault({ chain, state }: ChainWalk): Fault | null {
    if (this.#links.length === 0) return null
    return { chain, sequence: state.seq, id: null, reason: 'link_mismatch' }
  }
}

// The block itself is right, and so may be all that follow: the walk goes on.
const brokenAt = (
  { chain, firstSeq }: AuditBlock,
  { id, detail, time }: RecordedEvent,
): Finding => ({
  fault: { chain, sequence: firstSeq, id, reason: 'chain_broken' },
  of: { chain: detail.chain as Uuid, sequence: detail.sequence as number },
  lastGood: null,
  time,
})
