// The filter of a block: which actors, targets, actions and outcomes are in it, for whoever has the key (FORMATS §5). A
// Bloom filter of 48 bits an event: what it denies is not there, what it affirms may be. Without the key it tells the
// block's count and nothing else, and no two blocks' filters can be compared: a term is hashed with the block's place.
import { LRUCache } from 'lru-cache'
import { type Uuid, writeUuid } from '../../ids.js'
import { writeWhole } from '../cipher/whole.js'
import type { Keyring } from '../keys/keyring.js'
import type { AuditHead } from '../store/store.js'
import { outcomes } from './actions.js'
import type { RecordedEvent } from './line.js'
import { digestBytes, sha256Into } from './sha256.js'

/** Numbers are hashed: append only. */
export const termKinds = { actor: 1, target: 2, action: 3, outcome: 4 } as const
export type TermKind = keyof typeof termKinds

const bitsPerEvent = 48
const probes = 5
const termBytes = 16
const placeBytes = 24
const termsKept = 4_096

/** In whole words of 8 bytes. */
export const filterBytes = (count: number): number => 8 * Math.ceil((bitsPerEvent * count) / 64)

/** `kind u8 | value`: an id as 16 bytes, a number as u16. */
const inputOf = (kind: TermKind, value: Uuid | number): Buffer => {
  const isId = typeof value === 'string'
  const input = Buffer.alloc(isId ? 17 : 3)
  input.writeUInt8(termKinds[kind])
  if (isId) writeUuid(input, 1, value)
  else input.writeUInt16BE(value, 1)
  return input
}

export type Filtered = Pick<RecordedEvent, 'actor' | 'target' | 'action' | 'outcome'>

/** Terms of one chain's filters: made under the key of its MACs, kept while it is written, read or verified. */
export class Terms {
  readonly #kept = new LRUCache<string, Buffer>({ max: termsKept })

  constructor(
    private readonly keys: Keyring,
    private readonly macKeyId: Uint8Array,
  ) {}

  /** Throws an IntegrityError when the key is not there. Never stored, never sent. */
  of(kind: TermKind, value: Uuid | number): Buffer {
    const name = `${termKinds[kind]}${value}`
    const kept = this.#kept.get(name)
    if (kept) return kept
    const term = this.keys.auditTerm(inputOf(kind, value), this.macKeyId)
    this.#kept.set(name, term)
    return term
  }

  /** Of all events, each once. */
  ofAll(events: readonly Filtered[]): Set<Buffer> {
    const terms = new Set<Buffer>()
    for (const { actor, target, action, outcome } of events) {
      if (actor !== null) terms.add(this.of('actor', actor))
      if (target !== null) terms.add(this.of('target', target))
      terms.add(this.of('action', action))
      if (outcome !== outcomes.success) terms.add(this.of('outcome', outcome))
    }
    return terms
  }
}

/** `term 16 | chain 16 | first_seq u64`, and its hash. */
const input = Buffer.alloc(termBytes + placeBytes)
const hashed = Buffer.alloc(digestBytes)

const place = (chain: Uuid, firstSeq: number): void => {
  writeUuid(input, termBytes, chain)
  writeWhole(input, termBytes + 16, firstSeq)
}

/** Calls `visit` with each bit of a term in a filter of so many bits, at the place given before, until it says no. */
const everyProbe = (term: Buffer, bits: number, visit: (bit: number) => boolean): boolean => {
  term.copy(input)
  sha256Into(input, hashed, 0)
  const start = hashed.readUInt32BE(0)
  const step = (hashed.readUInt32BE(4) | 1) >>> 0
  for (let i = 0; i < probes; i++) if (!visit((start + i * step) % bits)) return false
  return true
}

export const filterOf = (
  terms: ReadonlySet<Buffer>,
  chain: Uuid,
  firstSeq: number,
  count: number,
): Buffer => {
  const filter = Buffer.alloc(filterBytes(count))
  place(chain, firstSeq)
  const set = (bit: number): boolean => {
    filter[bit >> 3]! |= 1 << (bit & 7)
    return true
  }
  for (const term of terms) everyProbe(term, 8 * filter.length, set)
  return filter
}

/**
 * False: none of the block's events has all of these terms. A filter that is not as long as its count asks for is none,
 * and denies nothing.
 */
export const mayHold = (
  { chain, firstSeq, count, filter }: Pick<AuditHead, 'chain' | 'firstSeq' | 'count' | 'filter'>,
  terms: readonly Buffer[],
): boolean => {
  if (filter.length === 0 || filter.length !== filterBytes(count)) return true
  place(chain, firstSeq)
  const isSet = (bit: number): boolean => (filter[bit >> 3]! & (1 << (bit & 7))) !== 0
  return terms.every((term) => everyProbe(term, 8 * filter.length, isSet))
}
