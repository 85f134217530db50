// The blocks of events that are about to be written, and the position after them. A draft changes nothing until it is
// written: whoever made it throws it away when it is not.
import type { Keyring } from '../keys/keyring.js'
import type { AuditBlock } from '../store/store.js'
import {
  contentHash,
  hourOf,
  maxBlockBytes,
  maxBlockEvents,
  secretReadsOf,
  timesOf,
} from './block.js'
import type { ChainState } from './chain.js'
import type { PreparedEvent } from './event.js'
import { filterOf, type Terms } from './filter.js'

export interface Draft {
  readonly blocks: readonly AuditBlock[]
  readonly after: ChainState
}

/** What blocks are sealed, filtered and dated with. */
export interface BlockParts {
  readonly keys: Keyring
  readonly terms: Terms
  /** The access epoch that the events' decisions rest on. */
  readonly epoch: number
}

export const draftOf = (
  at: ChainState,
  parts: BlockParts,
  events: readonly PreparedEvent[],
): Draft => {
  const after = at.fork()
  return { blocks: inBlocks(events).map((some) => blockOf(after, parts, some)), after }
}

/** In their order; a block is of one hour, and no longer than one may be. */
const inBlocks = (events: readonly PreparedEvent[]): PreparedEvent[][] => {
  const blocks: PreparedEvent[][] = []
  let bytes = 0
  for (const event of events) {
    const open = blocks.at(-1)
    bytes += event.bytes + 1
    if (open && belongs(event, open) && bytes <= maxBlockBytes) open.push(event)
    else {
      blocks.push([event])
      bytes = event.bytes
    }
  }
  return blocks
}

const belongs = ({ time }: PreparedEvent, open: readonly PreparedEvent[]): boolean =>
  open.length < maxBlockEvents && hourOf(open[0]!.time) === hourOf(time)

const blockOf = (
  state: ChainState,
  { keys, terms, epoch }: BlockParts,
  events: readonly PreparedEvent[],
): AuditBlock => {
  const { chain } = state.registration
  const firstSeq = state.seq + 1
  const lines = events.map(({ line }) => line)
  const fields = {
    firstSeq,
    count: events.length,
    secretReads: secretReadsOf(events),
    epoch,
    ...timesOf(events),
    filter: filterOf(terms.ofAll(events), chain, firstSeq, events.length),
    contentHash: contentHash(lines),
  }
  state.advance(fields)
  const sealed = keys.sealText('audit_block.sealed', chain, firstSeq, lines.join('\n'))
  return { chain, ...fields, sealed, mac: state.mac(keys) }
}
