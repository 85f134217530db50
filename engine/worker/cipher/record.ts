// The sealed record (FORMATS §1): `01 | suite | purpose | flags 0 | keyVersion u32 | keyId 8 | nonce 24 | ciphertext |
// tag 16`. Exactly one key is ever tried: the one that version and key id of the header name. Whatever is wrong, the
// error is the same and says nothing of the content.
import type { AssociatedData, Place } from './associated-data.js'
import { contentText, secretContentText } from './content.js'
import { frame, paddedLength, unframe } from './padding.js'
import { drawNonce } from './random.js'
import { purposes } from './registry.js'
import { type Aead, nonceBytes, tagBytes } from './suite.js'
import { isSuiteId, type SuiteId } from './suites.js'

/** A stored record or key does not open: altered, moved, cut, or sealed under another key. */
export class IntegrityError extends Error {
  constructor() {
    super('a stored record failed its integrity check')
    this.name = 'IntegrityError'
  }
}

export const keyIdBytes = 8
/** What a record is longer than its plaintext. */
export const recordOverhead = 56

const recordVersionByte = 1
const headerBytes = 16
const keyVersionOffset = 4
const keyIdOffset = 8
const bodyOffset = headerBytes + nonceBytes

/** One version of a purpose's sealing key. */
export interface RecordKey {
  readonly version: number
  readonly keyId: Buffer
  /** The AEAD of a suite under this key. */
  aead(suite: SuiteId): Aead
}

/** The versions that may open a record. */
export interface RecordKeys {
  byVersion(version: number): RecordKey | undefined
}

// Plaintexts up to this length share one piece of memory, wiped after each: a fresh one costs as much as the cipher. None
// ever lies in Node's shared pool.
const scratch = Buffer.alloc(64 * 1024)

const plaintextMemory = (length: number): Buffer =>
  length <= scratch.length ? scratch.subarray(0, length) : Buffer.allocUnsafeSlow(length)

export const sealRecord = (
  key: RecordKey,
  suite: SuiteId,
  associated: AssociatedData,
  place: Place,
  content: unknown,
): Buffer => {
  const secret = place.field.purpose === 'secrets'
  const text = secret ? secretContentText(content) : contentText(content)
  return sealText(key, suite, associated, place, text)
}

/** As sealRecord, for content that is text and not a JSON value. */
export const sealText = (
  key: RecordKey,
  suite: SuiteId,
  associated: AssociatedData,
  place: Place,
  text: string,
): Buffer => {
  const plaintext = plaintextOf(text, place.field.paddedTo)
  try {
    const record = Buffer.allocUnsafe(recordOverhead + plaintext.length)
    writeHeader(record, key, suite, purposes[place.field.purpose])
    drawNonce(record, headerBytes, nonceBytes)
    const nonce = record.subarray(headerBytes, bodyOffset)
    const into = record.subarray(bodyOffset)
    key.aead(suite).seal(nonce, plaintext, associated.of(record, place), into)
    return record
  } finally {
    plaintext.fill(0)
  }
}

const plaintextOf = (text: string, paddedTo: number | undefined): Buffer => {
  const length = Buffer.byteLength(text)
  const plaintext = plaintextMemory(paddedLength(length, paddedTo))
  plaintext.write(text, 4)
  frame(plaintext, length)
  return plaintext
}

const writeHeader = (record: Buffer, key: RecordKey, suite: SuiteId, purpose: number): void => {
  record[0] = recordVersionByte
  record[1] = suite
  record[2] = purpose
  record[3] = 0
  record.writeUInt32BE(key.version, keyVersionOffset)
  key.keyId.copy(record, keyIdOffset)
}

/** The content that was sealed at this place. Throws an IntegrityError for anything else. */
export const openRecord = (
  keys: RecordKeys,
  associated: AssociatedData,
  place: Place,
  record: Buffer,
): unknown => parsed(openText(keys, associated, place, record))

/** As openRecord, for what sealText has sealed. */
export const openText = (
  keys: RecordKeys,
  associated: AssociatedData,
  place: Place,
  record: Buffer,
): string => {
  const suite = record[1]
  const key = keyOf(keys, record, purposes[place.field.purpose])
  if (!key || !isSuiteId(suite)) throw new IntegrityError()
  const aead = key.aead(suite)
  const sealed = record.subarray(bodyOffset)
  const plaintext = plaintextMemory(sealed.length - tagBytes)
  try {
    const nonce = record.subarray(headerBytes, bodyOffset)
    aead.open(nonce, sealed, associated.of(record, place), plaintext)
    return unframe(plaintext, place.field.paddedTo).toString()
  } catch {
    throw new IntegrityError()
  } finally {
    plaintext.fill(0)
  }
}

const keyOf = (keys: RecordKeys, record: Buffer, purpose: number): RecordKey | undefined => {
  if (record.length < bodyOffset + tagBytes) return undefined
  if (record[0] !== recordVersionByte || record[2] !== purpose || record[3] !== 0) return undefined
  const key = keys.byVersion(record.readUInt32BE(keyVersionOffset))
  return key && record.compare(key.keyId, 0, keyIdBytes, keyIdOffset, headerBytes) === 0
    ? key
    : undefined
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new IntegrityError()
  }
}
