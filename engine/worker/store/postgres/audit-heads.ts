// Heads of audit blocks: thousands a statement, in one column of one row. As rows of six columns the client alone would
// take 8 µs for each; packed it takes one.
import { uuidFromBytes } from '../../../ids.js'
import { type AuditHead, type AuditPosition, headFilterBytes } from '../store.js'
import { newestFirst, positionParameters } from './audit-blocks.js'
import type { Session, Statement } from './session.js'

// Where somebody made a column NULL, the head is told all the same.
const columns = `chain, first_seq, coalesce(count, 0) as count, coalesce(first_time, 0) as first_time,
  last_time, coalesce(substring(filter for ${headFilterBytes}), '') as filter`

// An aggregate takes its rows in the order that the query below gives them.
const text = `
  select string_agg(uuid_send(chain) || int8send(first_seq) || int8send(first_time)
    || int8send(last_time) || int4send(count) || int4send(octet_length(filter)) || filter, '')
  from (${newestFirst(columns)}) as head`

export const headsOlderThan = (before: AuditPosition | null, limit: number): Statement => ({
  text,
  parameters: positionParameters(before, limit),
})

const firstSeqOffset = 16
const firstTimeOffset = 24
const lastTimeOffset = 32
const countOffset = 40
const lengthOffset = 44
const filterOffset = 48

/** An i64; beyond what a number holds exactly it is the nearest. */
const wholeAt = (packed: Buffer, offset: number): number =>
  packed.readInt32BE(offset) * 0x1_0000_0000 + packed.readUInt32BE(offset + 4)

const headAt = (packed: Buffer, at: number): AuditHead => {
  const from = at + filterOffset
  return {
    chain: uuidFromBytes(packed, at),
    firstSeq: wholeAt(packed, at + firstSeqOffset),
    count: packed.readInt32BE(at + countOffset),
    firstTime: wholeAt(packed, at + firstTimeOffset),
    lastTime: wholeAt(packed, at + lastTimeOffset),
    filter: packed.subarray(from, from + packed.readUInt32BE(at + lengthOffset)),
  }
}

const unpack = (packed: Buffer): AuditHead[] => {
  const heads: AuditHead[] = []
  for (let at = 0; at < packed.length;) {
    const head = headAt(packed, at)
    heads.push(head)
    at += filterOffset + head.filter.length
  }
  return heads
}

export const readHeads = async (session: Session, statement: Statement): Promise<AuditHead[]> => {
  const [row] = await session.query(statement)
  const packed = row?.[0]
  return Buffer.isBuffer(packed) ? unpack(packed) : []
}
