// The log as evidence (FORMATS §5): what somebody who holds the installation's public keys and nothing else can check,
// years later and far from here. NDJSON: `{"registration": JWS}` of every chain; per chain its blocks in order, `{"block":
// {…, "lines"}}` with null for lines that do not open, then its checkpoints, `{"checkpoint": JWS}`; last `{"export": JWS}`
// over SHA-256 of all bytes before it. scripts/verify-evidence.mjs checks one.
import { createHash, type Hash } from 'node:crypto'
import type { Milliseconds } from '../../clock.js'
import type { Uuid } from '../../ids.js'
import { IntegrityError } from '../cipher/record.js'
import type { Keyring } from '../keys/keyring.js'
import type { AuditBlock, Store } from '../store/store.js'
import type { AnchorSink, SignedAnchor, SignedRegistration } from './anchors.js'
import { linesOf } from './contents.js'
import { sha256 } from './sha256.js'

/** Read at once: at most 4 MiB. */
const blocksAtOnce = 16

export interface EvidenceParts {
  readonly store: Pick<Store, 'auditChain'>
  readonly keys: Keyring
  readonly sink: Pick<AnchorSink, 'chains' | 'anchors' | 'last' | 'signExport'>
  readonly giveWay: () => Promise<void>
  /** Before each page: rejects when no more may leave. */
  readonly confirm: () => Promise<void>
}

/** Both included; widened to checkpoints, so that what is told can be checked at both ends. */
export interface EvidenceRange {
  readonly from: Milliseconds
  readonly to: Milliseconds
}

/** Of one chain, from checkpoint to checkpoint. */
interface Span {
  /** The last event before it. */
  readonly start: number
  /** Its last event; 0: the chain has no checkpoint. */
  readonly end: number
}

/** The chain should be anchored to its end before. Rejects as the sink, the store and `confirm` do. */
export async function* exportEvidence(
  parts: EvidenceParts,
  range: EvidenceRange,
): AsyncGenerator<string, void> {
  const hash = createHash('sha256')
  const chains = await parts.sink.chains()
  yield hashed(hash, chains.map(({ statement }) => line({ registration: statement })).join(''))
  let unanchored = 0
  for (const chain of chains) {
    for await (const piece of chainEvidence(parts, chain, range)) yield hashed(hash, piece)
    unanchored += await unanchoredOf(parts, chain)
  }
  const said = { sha256: hash.digest('hex'), chains: chains.length, unanchored }
  yield line({ export: await parts.sink.signExport(said) })
}

/** Events behind the chain's last checkpoint, which no evidence can vouch for. */
const unanchoredOf = async (
  { store, sink, confirm }: EvidenceParts,
  { chain }: SignedRegistration,
): Promise<number> => {
  let seq = ((await sink.last(chain))?.seq ?? 0) + 1
  let events = 0
  for (;;) {
    await confirm()
    const blocks = await store.auditChain(chain, seq, blocksAtOnce)
    for (const { count } of blocks) events += count
    const last = blocks.at(-1)
    if (!last || blocks.length < blocksAtOnce) return events
    seq = last.firstSeq + last.count
  }
}

async function* chainEvidence(
  parts: EvidenceParts,
  { chain }: SignedRegistration,
  range: EvidenceRange,
): AsyncGenerator<string, void> {
  const { start, end } = await spanOf(parts, chain, range)
  for (let seq = start + 1; seq <= end;) {
    await parts.confirm()
    const blocks = await parts.store.auditChain(chain, seq, blocksAtOnce)
    for (const block of blocks.filter(({ firstSeq }) => firstSeq <= end)) {
      yield line({ block: blockJson(parts.keys, block) })
      await parts.giveWay()
    }
    const last = blocks.at(-1)
    if (!last) break
    seq = last.firstSeq + last.count
  }
  for await (const { seq, statement } of anchorsBefore(parts, chain, end + 1))
    if (seq >= start) yield line({ checkpoint: statement })
    else break
}

/** Newest first. */
async function* anchorsBefore(
  { sink }: EvidenceParts,
  chain: Uuid,
  before: number | null,
): AsyncGenerator<SignedAnchor, void> {
  let page = await sink.anchors(chain, before)
  for (; page.length > 0; page = await sink.anchors(chain, page.at(-1)!.seq)) yield* page
}

const spanOf = async (
  parts: EvidenceParts,
  chain: Uuid,
  { from, to }: EvidenceRange,
): Promise<Span> => {
  let end = 0
  for await (const { seq, time } of anchorsBefore(parts, chain, null)) {
    // The oldest of those behind the range, else the newest of all.
    if (end === 0 || time > to) end = seq
    if (time < from) return { start: seq, end }
  }
  return { start: 0, end }
}

const blockJson = (keys: Keyring, block: AuditBlock) => ({
  chain: block.chain,
  firstSeq: block.firstSeq,
  count: block.count,
  secretReads: block.secretReads,
  epoch: block.epoch,
  firstTime: block.firstTime,
  lastTime: block.lastTime,
  filterHash: sha256(block.filter).toString('hex'),
  contentHash: block.contentHash.toString('hex'),
  lines: linesIn(keys, block),
})

const linesIn = (keys: Keyring, block: AuditBlock): string[] | null => {
  try {
    return linesOf(keys, block)
  } catch (error) {
    if (error instanceof IntegrityError) return null
    throw error
  }
}

const line = (value: object): string => `${JSON.stringify(value)}\n`

const hashed = (hash: Hash, piece: string): string => {
  hash.update(piece)
  return piece
}
