// What a stored block says: its events, once everything that the chain does not cover by itself is as it must be.
import { IntegrityError } from '../cipher/record.js'
import type { Keyring } from '../keys/keyring.js'
import type { AuditBlock } from '../store/store.js'
import { contentHash, hourOf, maxBlockEvents, secretReadsOf, timesOf } from './block.js'
import { filterOf, type Terms } from './filter.js'
import { parseLine, type RecordedEvent } from './line.js'
import type { Reason } from './reasons.js'
import { isSame } from './same.js'

/** The lines that were sealed. Throws an IntegrityError. */
export const linesOf = (keys: Keyring, { chain, firstSeq, sealed }: AuditBlock): string[] =>
  keys.openText('audit_block.sealed', chain, firstSeq, sealed).split('\n')

/**
 * The events of a block, in order. Throws an IntegrityError when it does not open, or its content is not what its hash,
 * count and times say. Its place in the chain is not looked at, nor its filter.
 */
export const openBlock = (keys: Keyring, block: AuditBlock): RecordedEvent[] => {
  const lines = linesOf(keys, block)
  if (lines.length !== block.count || lines.length > maxBlockEvents) throw new IntegrityError()
  if (!isSame(contentHash(lines), block.contentHash)) throw new IntegrityError()
  const events = lines.map(parseLine)
  if (!isAsSaid(block, events)) throw new IntegrityError()
  return events
}

const isAsSaid = (
  { firstTime, lastTime, secretReads }: AuditBlock,
  events: readonly RecordedEvent[],
): boolean => {
  const times = timesOf(events)
  return (
    times.firstTime === firstTime &&
    times.lastTime === lastTime &&
    hourOf(firstTime) === hourOf(lastTime) &&
    secretReadsOf(events) === secretReads
  )
}

export type Contents =
  | { readonly events: readonly RecordedEvent[]; readonly reason: null }
  | { readonly events: null; readonly reason: Reason }

/** The same for who vouches for the block: its filter too, and what is wrong with it. */
export const checkContents = (keys: Keyring, terms: Terms, block: AuditBlock): Contents => {
  const { chain, firstSeq, count, filter } = block
  try {
    const events = openBlock(keys, block)
    return filterOf(terms.ofAll(events), chain, firstSeq, count).equals(filter)
      ? { events, reason: null }
      : { events: null, reason: 'filter_mismatch' }
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error
    return { events: null, reason: 'block_unreadable' }
  }
}
