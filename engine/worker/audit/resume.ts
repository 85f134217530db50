// Where a writer goes on when it opens (FORMATS §5): at the tip of its own newest chain, if the last anchor and every
// event after it are as they should be; else in a new chain that says that the old one is broken. It never goes on with
// a chain that it could not check, and it never takes an unreachable database for a broken chain.
import type { Milliseconds } from '../../clock.js'
import { newId, type TenantId, type Uuid } from '../../ids.js'
import type { AnchorRecord, ChainRegistration } from '../../task/broker.js'
import { IntegrityError } from '../cipher/record.js'
import type { Keyring } from '../keys/keyring.js'
import type { Store } from '../store/store.js'
import type { AnchorSink } from './anchors.js'
import { ChainState, firstDigest } from './chain.js'
import type { AuditEvent } from './event.js'
import type { Fault } from './reasons.js'
import { systemEvent } from './system-event.js'
import { isSame } from './same.js'
import { ChainWalk } from './walk.js'

export interface ChainParts {
  readonly tenant: TenantId
  readonly store: Pick<Store, 'auditChain'>
  readonly keys: Keyring
  readonly sink: AnchorSink
  readonly writer: string
}

export interface Resumed {
  readonly state: ChainState
  /** Where the last anchor of this chain is; 0: none. */
  readonly anchored: number
  /** To be written before anything else. */
  readonly preface: readonly AuditEvent[]
  /** The end of a chain that is closed, still without an anchor. */
  readonly closed: ChainState | null
}

/** A chain and its last anchor. */
interface Resumable {
  readonly registration: ChainRegistration
  readonly anchor: AnchorRecord | null
}

export interface Previous {
  readonly chain: Uuid
  readonly digest: Uint8Array
}

/** Registers a new chain of this writer; `previous` only where it goes on from another one. */
export const startChain = async (
  { tenant, keys, sink, writer }: ChainParts,
  previous: Previous | null,
): Promise<ChainState> => {
  const registration: ChainRegistration = {
    chain: newId(),
    writer,
    previousChain: previous?.chain ?? null,
    previousDigest: previous ? new Uint8Array(previous.digest) : null,
    macKeyId: new Uint8Array(keys.auditMacKeyId()),
  }
  await sink.register(registration)
  return ChainState.atStart(tenant, registration)
}

/** Throws what the store and the sink throw: what does not verify there is no chain to go on with. */
export const resumeChain = async (parts: ChainParts, now: Milliseconds): Promise<Resumed> => {
  const last = await lastWritten(parts)
  if (!last) return { state: await startChain(parts, null), anchored: 0, preface: [], closed: null }
  const { fault, state } = await walkToTip(parts, last)
  if (fault) return startAfterFault(parts, last, fault, now)
  const anchored = last.anchor?.seq ?? 0
  if (isSame(last.registration.macKeyId, parts.keys.auditMacKeyId()))
    return { state, anchored, preface: [], closed: null }
  // The MAC key was rotated: the chain ends here, its successor starts from its last digest.
  const next = await startChain(parts, { chain: last.registration.chain, digest: state.digest })
  return { state: next, anchored: 0, preface: [], closed: state.seq > anchored ? state : null }
}

const ofChain = async (
  { sink }: ChainParts,
  registration: ChainRegistration | undefined,
): Promise<Resumable | null> =>
  registration ? { registration, anchor: await sink.last(registration.chain) } : null

// A chain that was registered and never written says nothing: the writer ended between the two. It goes on from the
// chain before; else a break found then would be forgotten with the event that should have told it.
const lastWritten = async (parts: ChainParts): Promise<Resumable | null> => {
  const chains = await parts.sink.chains()
  let last = await ofChain(
    parts,
    chains.findLast(({ writer }) => writer === parts.writer),
  )
  while (last?.anchor === null && last.registration.previousChain !== null) {
    const { chain, previousChain } = last.registration
    if ((await parts.store.auditChain(chain, 1, 1)).length > 0) return last
    const before = await ofChain(
      parts,
      chains.find((each) => each.chain === previousChain),
    )
    if (!before) return last
    last = before
  }
  return last
}

const walkToTip = async (
  { tenant, store, keys }: ChainParts,
  { registration, anchor }: Resumable,
): Promise<{ fault: Fault | null; state: ChainState }> => {
  const walk = new ChainWalk(store, keys, tenant, registration, anchor ?? undefined)
  const fault = (anchor && (await checkAnchored(store, walk.state, anchor, keys))) ?? null
  return { fault: fault ?? (await walk.run()), state: walk.state }
}

/** Whether the block that the last anchor is at the end of is stored, with the MAC of the anchored digest. */
const checkAnchored = async (
  store: ChainParts['store'],
  state: ChainState,
  { chain, seq }: AnchorRecord,
  keys: Keyring,
): Promise<Fault | null> => {
  const [block] = await store.auditChain(chain, seq, 1)
  if (!block) return { chain, sequence: seq, id: null, reason: 'chain_cut' }
  const fault = { chain, sequence: seq, id: null }
  if (block.firstSeq + block.count - 1 !== seq) return { ...fault, reason: 'event_missing' }
  try {
    return isSame(state.mac(keys), block.mac) ? null : { ...fault, reason: 'mac_mismatch' }
  } catch (error) {
    if (error instanceof IntegrityError) return { ...fault, reason: 'mac_key_missing' }
    throw error
  }
}

const startAfterFault = async (
  parts: ChainParts,
  { registration, anchor }: Resumable,
  fault: Fault,
  now: Milliseconds,
): Promise<Resumed> => {
  const digest = anchor?.digest ?? firstDigest(parts.tenant, registration)
  const state = await startChain(parts, { chain: registration.chain, digest })
  return { state, anchored: 0, preface: [chainBroken(fault, now)], closed: null }
}

const chainBroken = ({ chain, sequence, reason }: Fault, time: Milliseconds): AuditEvent =>
  systemEvent('audit.chain_broken', { type: 'audit', id: chain }, 'failure', time, {
    chain,
    sequence,
    reason,
  })
