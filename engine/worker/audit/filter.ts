// The filter of a block: which actors, targets, actions and outcomes are in it, for whoever has the key (FORMATS §5). A
// Bloom filter of 48 bits an event: what it denies is not there, what it affirms may be. Without the key it tells the
// block's count and nothing else, and no two blocks' filters can be compared: a term is hashed with the block's place.
import { hash } from 'node:crypto'
import { type Uuid, writeUuid } from '../../ids.js'
import { writeWhole } from '../cipher/whole.js'
import type { Keyring } from '../keys/keyring.js'
import type { AuditHead } from '../store/store.js'
import { outcomes } from './actions.js'
import type { RecordedEvent } from './line.js'

/** Numbers are hashed: append only. */
export const termKinds = { actor: 1, target: 2, action: 3, outcome: 4 } as const
export type TermKind = keyof typeof termKinds

const bitsPerEvent = 48
const probes = 5
const termBytes = 16
const placeBytes = 24
/** Of one kind, in a generation. */
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

interface KnownTerm {
  readonly term: Buffer
  /** The block that it was met in last. */
  block: number
}

/** Of one kind: those of late, in two generations, which cost less than an order by use. */
class KnownTerms {
  #young = new Map<Uuid | number, KnownTerm>()
  #old = new Map<Uuid | number, KnownTerm>()

  constructor(private readonly make: (value: Uuid | number) => Buffer) {}

  of(value: Uuid | number): KnownTerm {
    return this.#young.get(value) ?? this.#grow(value)
  }

  // More than a block can hold fit into a generation: what a block has met is not forgotten within it.
  #grow(value: Uuid | number): KnownTerm {
    const known = this.#old.get(value) ?? { term: this.make(value), block: 0 }
    if (this.#young.size >= termsKept) [this.#old, this.#young] = [this.#young, new Map()]
    this.#young.set(value, known)
    return known
  }
}

/** Terms of one chain's filters: made under the key of its MACs, kept while it is written, read or verified. */
export class Terms {
  readonly #actors = this.#knownOf('actor')
  readonly #targets = this.#knownOf('target')
  readonly #actions = this.#knownOf('action')
  readonly #outcomes = this.#knownOf('outcome')
  #block = 0

  constructor(
    private readonly keys: Keyring,
    private readonly macKeyId: Uint8Array,
  ) {}

  /** Throws an IntegrityError when the key is not there. Never stored, never sent. */
  of(kind: TermKind, value: Uuid | number): Buffer {
    return this.keys.auditTerm(inputOf(kind, value), this.macKeyId)
  }

  /** Of all events of a block, each once. */
  ofAll(events: readonly Filtered[]): Buffer[] {
    const terms: Buffer[] = []
    this.#block++
    for (const { actor, target, action, outcome } of events) {
      if (actor !== null) this.#meet(this.#actors.of(actor), terms)
      if (target !== null) this.#meet(this.#targets.of(target), terms)
      this.#meet(this.#actions.of(action), terms)
      if (outcome !== outcomes.success) this.#meet(this.#outcomes.of(outcome), terms)
    }
    return terms
  }

  #meet(known: KnownTerm, terms: Buffer[]): void {
    if (known.block === this.#block) return
    known.block = this.#block
    terms.push(known.term)
  }

  #knownOf(kind: TermKind): KnownTerms {
    return new KnownTerms((value) => this.of(kind, value))
  }
}

/** `term 16 | chain 16 | first_seq u64`. */
const input = Buffer.alloc(termBytes + placeBytes)

const place = (chain: Uuid, firstSeq: number): void => {
  writeUuid(input, termBytes, chain)
  writeWhole(input, termBytes + 16, firstSeq)
}

const bitsAt = new Uint32Array(probes)

const wordAt = (digest: string, offset: number): number =>
  ((digest.charCodeAt(offset) << 24) |
    (digest.charCodeAt(offset + 1) << 16) |
    (digest.charCodeAt(offset + 2) << 8) |
    digest.charCodeAt(offset + 3)) >>>
  0

/** Puts into `bitsAt` where a term is in a filter of so many bits, at the place given before. */
const probe = (term: Buffer, bits: number): void => {
  input.set(term)
  // As a text of bytes: a Buffer would cost three times the hash.
  const digest = hash('sha256', input, 'binary')
  // (a + i·b) mod bits, in whole numbers of 32 bits: the remainder of a larger one is a call of its own.
  const step = ((wordAt(digest, 4) | 1) >>> 0) % bits
  let bit = wordAt(digest, 0) % bits
  for (let i = 0; i < probes; i++) {
    bitsAt[i] = bit
    bit += step
    if (bit >= bits) bit -= bits
  }
}

export const filterOf = (
  terms: readonly Buffer[],
  chain: Uuid,
  firstSeq: number,
  count: number,
): Buffer => {
  const filter = Buffer.alloc(filterBytes(count))
  place(chain, firstSeq)
  for (const term of terms) {
    probe(term, 8 * filter.length)
    for (let i = 0; i < probes; i++) filter[bitsAt[i]! >> 3]! |= 1 << (bitsAt[i]! & 7)
  }
  return filter
}

const holds = (filter: Buffer, term: Buffer): boolean => {
  probe(term, 8 * filter.length)
  for (let i = 0; i < probes; i++)
    if ((filter[bitsAt[i]! >> 3]! & (1 << (bitsAt[i]! & 7))) === 0) return false
  return true
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
  for (const term of terms) if (!holds(filter, term)) return false
  return true
}
