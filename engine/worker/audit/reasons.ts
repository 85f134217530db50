// What may be wrong with an audit log: a closed list, because reports leave the engine and must carry no content.
import type { Milliseconds } from '../../clock.js'
import type { Uuid } from '../../ids.js'

export const reasons = [
  /** Stored, but never registered. */
  'chain_unregistered',
  /** Anchored, and not one event is left. */
  'chain_missing',
  /** Ends before its last anchor. */
  'chain_cut',
  /** The chain that goes on from it says otherwise. */
  'link_mismatch',
  'event_missing',
  /** A block of another chain, or out of its order. */
  'event_misplaced',
  /** A block whose plain columns are none that one can have. */
  'event_malformed',
  /** A block that does not open, or whose content is not what its columns say. */
  'block_unreadable',
  /** A block's filter does not tell what is in it. */
  'filter_mismatch',
  'mac_mismatch',
  /** The key that the chain was registered with is not there. */
  'mac_key_missing',
  /** An anchor says otherwise, or is signed by nobody. */
  'anchor_mismatch',
  /** The writer that runs has written something else there. */
  'tip_mismatch',
  /** The registrations of the chains are not those that were signed. */
  'registration_mismatch',
  /** A writer found its chain broken when it opened, and said so. */
  'chain_broken',
  /** A row is not what its newest write event says. */
  'row_changed',
] as const
export type Reason = (typeof reasons)[number]

/** The first event of the first bad block, or the place where one should be. */
export interface Fault {
  readonly chain: Uuid
  readonly sequence: number
  /** Null where there is no event. */
  readonly id: Uuid | null
  readonly reason: Reason
}

/** A fault, and the break that it is of: a writer tells in another chain of what it found. */
export interface Finding {
  readonly fault: Fault
  readonly of: Break
  /** Hex: the chain's digest before the break, where it was walked. */
  readonly lastGood: string | null
  /** When a writer told of it; null: verification has found it. */
  readonly time: Milliseconds | null
}

export interface Break {
  readonly chain: Uuid
  readonly sequence: number
}
