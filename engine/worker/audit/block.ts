// A block of audit events (FORMATS §5): what the chain takes in of it, and what it may hold. All integers big-endian,
// frozen by test/vectors/audit-block.json. What is out of range throws, and is never cut to fit.
import { hash } from 'node:crypto'
import type { Milliseconds } from '../../clock.js'
import { type TenantId, type Uuid, writeUuid } from '../../ids.js'
import { writeWhole } from '../cipher/whole.js'
import type { AuditBlock } from '../store/store.js'
import { actions, outcomes } from './actions.js'
import type { RecordedEvent } from './line.js'
import { digestBytes, sha256, sha256Into } from './sha256.js'

export const maxBlockEvents = 512
/** Of its lines. */
export const maxBlockBytes = 256 * 1024

const hourMs: Milliseconds = 3_600_000
/** A block is of one hour, so that counts by the hour need nothing but its row. */
export const hourOf = (time: Milliseconds): number => Math.floor(time / hourMs)

/** The last moment of the hour: no block that ends after it holds this time. */
export const endOfHour = (time: Milliseconds): Milliseconds => (hourOf(time) + 1) * hourMs - 1

type Metered = Pick<RecordedEvent, 'action' | 'outcome'>

/** Metered: how often a secret was given out. */
const isSecretRead = ({ action, outcome }: Metered): boolean =>
  action === actions['vault.secret.read'] && outcome === outcomes.success

export const secretReadsOf = (events: readonly Metered[]): number => {
  let reads = 0
  for (const event of events) if (isSecretRead(event)) reads++
  return reads
}

export const timesOf = (
  events: readonly { readonly time: number }[],
): { readonly firstTime: number; readonly lastTime: number } => {
  let firstTime = Infinity
  let lastTime = 0
  for (const { time } of events) {
    if (time < firstTime) firstTime = time
    if (time > lastTime) lastTime = time
  }
  return { firstTime, lastTime }
}

const contentLabel = Buffer.from('RPPAM-EVENTS\x01', 'latin1')
const content = Buffer.alloc(contentLabel.length + digestBytes * maxBlockEvents)
contentLabel.copy(content)

/** `SHA-256("RPPAM-EVENTS\x01" | SHA-256(line 1) | SHA-256(line 2) | …)`. At most 512 lines. */
export const contentHash = (lines: readonly string[]): Buffer => {
  if (lines.length > maxBlockEvents) throw new RangeError('too many events for a block')
  let digests = ''
  for (const line of lines) digests += hash('sha256', line, 'binary')
  content.write(digests, contentLabel.length, 'latin1')
  return sha256(content.subarray(0, contentLabel.length + digestBytes * lines.length))
}

/** What the chain takes in, but for tenant and chain. */
export type BlockFields = Omit<AuditBlock, 'chain' | 'sealed' | 'mac'>

const label = Buffer.from('RPPAM-BLOCK\x01', 'latin1')
const digestOffset = label.length
const tenantOffset = digestOffset + digestBytes
const chainOffset = tenantOffset + 16
const firstSeqOffset = chainOffset + 16
const countOffset = firstSeqOffset + 8
const secretReadsOffset = countOffset + 4
const epochOffset = secretReadsOffset + 4
const firstTimeOffset = epochOffset + 8
const lastTimeOffset = firstTimeOffset + 8
const filterOffset = lastTimeOffset + 8
const contentOffset = filterOffset + digestBytes
const blockBytes = contentOffset + digestBytes

// One piece of memory for all chains of the thread.
const block = Buffer.alloc(blockBytes)
label.copy(block)

/** 32 bytes, the same for all blocks of a chain. */
export const blockPrefix = (tenant: TenantId, chain: Uuid): Buffer => {
  const prefix = Buffer.alloc(32)
  writeUuid(prefix, 0, tenant)
  writeUuid(prefix, 16, chain)
  return prefix
}

/** Turns `digest`, d(b-1), into d(b). Throws a RangeError, and leaves it, for a block that has none. */
export const linkBlock = (digest: Buffer, prefix: Buffer, fields: BlockFields): void => {
  if (fields.contentHash.length !== digestBytes) throw new RangeError('a hash has 32 bytes')
  digest.copy(block, digestOffset)
  prefix.copy(block, tenantOffset)
  writeWhole(block, firstSeqOffset, fields.firstSeq)
  block.writeUInt32BE(fields.count, countOffset)
  block.writeUInt32BE(fields.secretReads, secretReadsOffset)
  writeWhole(block, epochOffset, fields.epoch)
  writeWhole(block, firstTimeOffset, fields.firstTime)
  writeWhole(block, lastTimeOffset, fields.lastTime)
  sha256Into(fields.filter, block, filterOffset)
  fields.contentHash.copy(block, contentOffset)
  sha256Into(block, digest, 0)
}
