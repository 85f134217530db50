// Blind indexes (FORMATS §3): HMAC-SHA-256 over u16-length-prefixed parts, cut to 16 bytes. Equal texts of one tenant
// give equal values and nothing else can be told; texts must be in canonical form before they come here.
import { createHmac } from 'node:crypto'
import type { IndexName } from '../store/store.js'

export const indexBytes = 16

/** Indexes of the store that are keyed; `chainNumber` hides nothing. */
export type BlindIndexName = Exclude<IndexName, 'chainNumber'>

/** How many parts each index is made of. */
const partCount: Readonly<Record<BlindIndexName, number>> = {
  entryPath: 2,
  entryFolder: 1,
  username: 1,
  accountName: 1,
  tenantCode: 1,
  knownNetwork: 2,
}

/** The bytes that are hashed. Throws a RangeError for a wrong number of parts or a part above 65535 bytes. */
export const indexInput = (name: BlindIndexName, parts: readonly string[]): Buffer => {
  if (parts.length !== partCount[name]) throw new RangeError(`index ${name}: wrong number of parts`)
  return lengthPrefixed(parts.map((part) => Buffer.from(part)))
}

export const indexValue = (key: Buffer, input: Buffer): Buffer =>
  Buffer.from(createHmac('sha256', key).update(input).digest().subarray(0, indexBytes))

/** `u16 length | bytes` of each part: no two lists of parts give the same bytes. */
export const lengthPrefixed = (parts: readonly Uint8Array[]): Buffer => {
  const bytes = Buffer.alloc(parts.reduce((sum, part) => sum + 2 + part.length, 0))
  let offset = 0
  for (const part of parts) {
    bytes.writeUInt16BE(part.length, offset)
    bytes.set(part, offset + 2)
    offset += 2 + part.length
  }
  return bytes
}
