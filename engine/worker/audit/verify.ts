// Walks every chain of a tenant and says whether its audit log is whole (FORMATS §5), and where it first is not. The
// reference is what the control database holds, registrations and anchors; of the tenant's own database nothing is
// believed. It changes nothing, and gives the thread's other work its turns.
import { nilUuid, type TenantId, type Uuid } from '../../ids.js'
import type { ChainRegistration } from '../../task/broker.js'
import { IntegrityError } from '../cipher/record.js'
import type { Keyring } from '../keys/keyring.js'
import type { Store } from '../store/store.js'
import type { AnchorSink } from './anchors.js'
import {
  type ChainResult,
  checkChain,
  type CheckParts,
  ContentWatch,
  ignore,
  type Tip,
  type Watch,
} from './chain-check.js'
import { Acknowledgements } from './acknowledgements.js'
import type { Fault, Finding } from './reasons.js'
import { ChainWalk, type Pace } from './walk.js'

export type { Fault, Reason } from './reasons.js'

export interface VerifyOptions extends Pace {
  readonly tenant: TenantId
  /** Deep: compares the rows with their newest write events too. */
  readonly rows?: RowComparison | null
  /** Of the writer that runs beside this. */
  readonly tip?: Tip | null
}

/** What evidence/deep.ts is; this room knows nothing of sessions or entries. */
export interface RowComparison {
  readonly watch: Watch
  compare(store: Pick<Store, 'read' | 'find'>, catchUp: () => Promise<void>): Promise<Fault | null>
}

export interface VerifyReport {
  readonly ok: boolean
  /** Events that are in order. */
  readonly events: number
  readonly chains: number
  /** Events after the last anchor of their chain. */
  readonly unanchored: number
  readonly firstBad?: Fault
}

type VerifiedStore = Pick<Store, 'auditChain' | 'auditChains' | 'read' | 'find'>
type VerifiedSink = Pick<AnchorSink, 'chains' | 'anchors'>

/** What was found, and of how much. */
export interface Verified extends Omit<VerifyReport, 'ok' | 'firstBad'> {
  /** Those that nobody has acknowledged. */
  readonly findings: readonly Finding[]
}

/** Rejects when store or sink cannot be reached: that says nothing about the log. */
export const verifyAudit = async (...asked: Parameters<typeof findings>): Promise<VerifyReport> => {
  const { findings: found, ...counts } = await findings(...asked)
  const firstBad = found[0]?.fault
  return { ok: firstBad === undefined, ...counts, ...(firstBad && { firstBad }) }
}

/** As verifyAudit, with all that was found. */
export const findings = async (
  store: VerifiedStore,
  keys: Keyring,
  sink: VerifiedSink,
  { tenant, rows = null, tip = null, ...pace }: VerifyOptions,
): Promise<Verified> => {
  // In this order: a chain is registered before it has events.
  const stored = await store.auditChains()
  const chains = await registered(sink)
  if (chains === null) return unregisteredAll
  const acknowledgements = new Acknowledgements()
  const watch = rows?.watch ?? ignore
  const parts = { keys, sink, watch, acknowledgements, tip }
  const walks = chains.map((chain) => new ChainWalk(store, keys, tenant, chain, undefined, pace))
  const results = await checkAll(walks, parts, chains)
  const found = [
    ...results.flatMap((result) => result.findings),
    ...unregistered(stored, chains).map(alone),
    ...((await areAllThere(sink, chains, results)) ? [] : [alone(registrationFault)]),
  ].filter((finding) => !acknowledgements.has(finding))
  if (rows && found.length === 0)
    found.push(...(await compareRows(rows, store, keys, walks)).map(alone))
  return { findings: found, ...countsOf(walks, results) }
}

const alone = (fault: Fault): Finding => ({ fault, of: fault, lastGood: null, time: null })

/** Null: they are not those that were signed, and nothing can be held against them. */
const registered = async (sink: VerifiedSink): Promise<readonly ChainRegistration[] | null> => {
  try {
    return await sink.chains()
  } catch (error) {
    if (error instanceof IntegrityError) return null
    throw error
  }
}

const registrationFault: Fault = {
  chain: nilUuid,
  sequence: 1,
  id: null,
  reason: 'registration_mismatch',
}

/** As many chains as its anchors say; others may be registered meanwhile. */
const areAllThere = async (
  sink: VerifiedSink,
  chains: readonly ChainRegistration[],
  results: readonly ChainResult[],
): Promise<boolean> => {
  const most = Math.max(0, ...results.map(({ regs }) => regs))
  return most <= chains.length || most <= ((await registered(sink))?.length ?? 0)
}

const unregisteredAll: Verified = {
  events: 0,
  chains: 0,
  unanchored: 0,
  findings: [alone(registrationFault)],
}

// One after the other, in the order of their registration.
const checkAll = async (
  walks: readonly ChainWalk[],
  parts: CheckParts,
  chains: readonly ChainRegistration[],
): Promise<readonly ChainResult[]> => {
  const results: ChainResult[] = []
  for (const walk of walks) {
    const successors = chains.filter(({ previousChain }) => previousChain === walk.chain)
    results.push(await checkChain(walk, parts, successors))
  }
  return results
}

const unregistered = (stored: readonly Uuid[], chains: readonly ChainRegistration[]): Fault[] => {
  const registered = new Set(chains.map(({ chain }) => chain))
  const unknown = stored.filter((chain) => !registered.has(chain))
  const unlinked = chains.flatMap(({ chain, previousChain }) =>
    previousChain === null || registered.has(previousChain) ? [] : [chain],
  )
  return [
    ...unlinked.map((chain) => faultAt(chain, 'link_mismatch')),
    ...unknown.map((chain) => faultAt(chain, 'chain_unregistered')),
  ]
}

const faultAt = (chain: Uuid, reason: Fault['reason']): Fault => ({
  chain,
  sequence: 1,
  id: null,
  reason,
})

const compareRows = async (
  rows: RowComparison,
  store: VerifiedStore,
  keys: Keyring,
  walks: readonly ChainWalk[],
): Promise<Fault[]> => {
  const late: Fault[] = []
  const changed = await rows.compare(store, async () => {
    for (const walk of walks) late.push(...(await goOn(walk, keys, rows.watch)))
  })
  return changed ? [...late, changed] : late
}

/** Over what came since the walk ended. */
const goOn = async (walk: ChainWalk, keys: Keyring, watch: Watch): Promise<Fault[]> => {
  const contents = new ContentWatch(walk.state.registration, keys, watch)
  const faults: Fault[] = []
  const fault = await walk.run({
    page: () => Promise.resolve(),
    block: (block) => {
      const unreadable = contents.block(block)
      if (unreadable) faults.push(unreadable)
      return null
    },
  })
  return fault ? [...faults, fault] : faults
}

const countsOf = (
  walks: readonly ChainWalk[],
  results: readonly ChainResult[],
): Omit<Verified, 'findings'> => {
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
  return {
    events: sum(walks.map(({ events }) => events)),
    chains: walks.length,
    unanchored: sum(results.map(({ unanchored }) => unanchored)),
  }
}
