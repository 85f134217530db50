// What verification asks of one chain beyond its own events: that its anchors agree, that it reaches its last one, and
// that the chains which go on from it start where it was.
import type { ChainRegistration } from '../../task/broker.js'
import type { AuditRow } from '../store/store.js'
import { actions } from './actions.js'
import type { AnchorSink } from './anchors.js'
import { AnchorWalk } from './anchor-walk.js'
import type { ChainState } from './chain.js'
import type { Fault, Reason } from './reasons.js'
import { type ChainWalk, isSame, type Visitor } from './walk.js'

/** Sees every event that is in order; for more than checking. */
export type Watch = (row: AuditRow, json: string) => void

export interface ChainResult {
  readonly faults: readonly Fault[]
  /** Events after the last anchor. */
  readonly unanchored: number
}

/** `successors`: the chains registered as going on from this one. */
export const checkChain = async (
  walk: ChainWalk,
  sink: Pick<AnchorSink, 'anchors'>,
  successors: readonly ChainRegistration[],
  watch: Watch,
): Promise<ChainResult> => {
  const anchors = await AnchorWalk.open(sink, walk.chain)
  const check = new ChainCheck(anchors, successors, watch)
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

class ChainCheck implements Visitor {
  readonly recorded: Fault[] = []
  #anchors: Awaited<ReturnType<AnchorWalk['upTo']>> = new Map()
  /** Digests that successors start from, still to be met. */
  #links: Uint8Array[]

  constructor(
    private readonly walk: AnchorWalk,
    successors: readonly ChainRegistration[],
    private readonly watch: Watch,
  ) {
    this.#links = successors.map(({ previousDigest }) => previousDigest ?? new Uint8Array())
  }

  async page(lastSeq: number): Promise<void> {
    this.#anchors = await this.walk.upTo(lastSeq)
  }

  event(row: AuditRow, json: string, state: ChainState): Reason | null {
    for (const { digest, mac } of this.#anchors.get(row.seq) ?? [])
      if (!isSame(digest, state.digest) || !isSame(mac, row.mac)) return 'anchor_mismatch'
    this.meet(state)
    // The event itself is right, and so may be all that follow: the walk goes on.
    if (row.action === actions['audit.chain_broken'])
      this.recorded.push({
        chain: row.chain,
        sequence: row.seq,
        id: row.id,
        reason: 'chain_broken',
      })
    this.watch(row, json)
    return null
  }

  meet({ digest }: ChainState): void {
    if (this.#links.length > 0) this.#links = this.#links.filter((link) => !isSame(link, digest))
  }

  linkFault({ chain, state }: ChainWalk): Fault | null {
    if (this.#links.length === 0) return null
    return { chain, sequence: state.seq, id: null, reason: 'link_mismatch' }
  }
}
