// What is known of a tenant's state before it is read (FORMATS §6): the highest epoch that an anchor of any of its chains
// names, or a block that came after the last of them. A database that was put back stands below it, and denies.
import type { Uuid } from '../../ids.js'
import type { AnchorRecord } from '../../task/broker.js'
import type { AnchorSink } from '../audit/anchors.js'
import { isSame } from '../audit/same.js'
import { IntegrityError } from '../cipher/record.js'
import type { Store } from '../store/store.js'
import type { StateFloor } from './present-state.js'

/**
 * Null: there is none. Throws an IntegrityError where two anchors say of one epoch that it had different states, or one
 * that there were more chains than are registered.
 */
export const floorOf = async (
  sink: Pick<AnchorSink, 'chains' | 'lastOfAll'>,
  store: Pick<Store, 'auditEpoch'>,
): Promise<StateFloor | null> => {
  const anchors = await sink.lastOfAll()
  // Afterwards: others may be registered meanwhile.
  const chains = await sink.chains()
  // A registration that a checkpoint counts is gone: so may be what was written to its chain.
  if (anchors.some(({ regs }) => regs > chains.length)) throw new IntegrityError()
  const ends = new Map<Uuid, number>(anchors.map(({ chain, seq }) => [chain, seq]))
  const later = await store.auditEpoch(
    chains.map(({ chain }) => ({ chain, seq: ends.get(chain) ?? 0 })),
  )
  const anchored = highestOf(anchors)
  if (later !== null && later > (anchored?.accessEpoch ?? -1))
    return { accessEpoch: later, digest: null }
  return anchored
}

const highestOf = (anchors: readonly AnchorRecord[]): StateFloor | null => {
  let highest: AnchorRecord | null = null
  for (const anchor of anchors) {
    if (highest && anchor.epoch === highest.epoch && !isSame(anchor.state, highest.state))
      throw new IntegrityError()
    if (!highest || anchor.epoch > highest.epoch) highest = anchor
  }
  return highest && { accessEpoch: highest.epoch, digest: highest.state }
}
