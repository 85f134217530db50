// The 161 bytes of an audit event that the chain is made of (FORMATS §5), big-endian, frozen by test/vectors/audit.json:
// `"RPPAM-AUDIT\x01" | tenant 16 | chain 16 | seq u64 | event 16 | time u64 | actorType u8 | actor 16 | action u16 |
// outcome u8 | targetType u8 | target 16 | requestId 16 | detailCommit 32`. Nothing stored may be left out of it, and no
// two different rows may have the same one: what is out of range throws, and is never cut to fit.
import { type TenantId, type Uuid, writeUuid } from '../../ids.js'
import type { AuditRow } from '../store/store.js'
import { digestBytes, sha256Into } from './sha256.js'

export const recordBytes = 161
export const saltBytes = 16

/** What a record says, but for tenant, chain and detail. */
export type RecordFields = Omit<AuditRow, 'chain' | 'detail' | 'mac'>

const label = Buffer.from('RPPAM-AUDIT\x01', 'latin1')
const chainOffset = 28
export const recordPrefixBytes = 44
const seqOffset = recordPrefixBytes
const eventOffset = 52
const timeOffset = 68
const actorTypeOffset = 76
const actorOffset = 77
const actionOffset = 93
const outcomeOffset = 95
const targetTypeOffset = 96
const targetOffset = 97
const requestOffset = 113
const commitOffset = 129

/** The first 44 bytes, the same for all events of a chain. */
export const recordPrefix = (tenant: TenantId, chain: Uuid): Buffer => {
  const prefix = Buffer.alloc(recordPrefixBytes)
  label.copy(prefix)
  writeUuid(prefix, label.length, tenant)
  writeUuid(prefix, chainOffset, chain)
  return prefix
}

/** Writes a record to target[0, 161). Throws a RangeError or TypeError for a row that has none. */
export const writeRecord = (
  target: Buffer,
  prefix: Buffer,
  fields: RecordFields,
  detailCommit: Buffer,
): void => {
  prefix.copy(target)
  writeWhole(target, seqOffset, fields.seq)
  writeUuid(target, eventOffset, fields.id)
  writeWhole(target, timeOffset, fields.time)
  target.writeUInt8(fields.actorType, actorTypeOffset)
  writeUuid(target, actorOffset, fields.actor)
  target.writeUInt16BE(fields.action, actionOffset)
  target.writeUInt8(fields.outcome, outcomeOffset)
  target.writeUInt8(fields.targetType, targetTypeOffset)
  writeUuid(target, targetOffset, fields.target)
  writeUuid(target, requestOffset, fields.requestId)
  detailCommit.copy(target, commitOffset, 0, digestBytes)
}

// Details up to this length are hashed in one piece of memory, over and over.
const scratch = Buffer.alloc(4096)

/** SHA-256(salt 16 ‖ detail JSON) into `target`, 32 bytes. */
export const writeDetailCommit = (target: Buffer, salt: Buffer, json: string): void => {
  const length = saltBytes + Buffer.byteLength(json)
  const input = length <= scratch.length ? scratch.subarray(0, length) : Buffer.alloc(length)
  salt.copy(input, 0, 0, saltBytes)
  input.write(json, saltBytes)
  sha256Into(input, target, 0)
  input.fill(0)
}

const writeWhole = (target: Buffer, offset: number, value: number): void => {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('not a whole number')
  target.writeUInt32BE(Math.floor(value / 0x1_0000_0000), offset)
  target.writeUInt32BE(value % 0x1_0000_0000, offset + 4)
}
