// Identifiers: UUIDv7 (RFC 9562 §5.7), as lower-case text in code and as 16 bytes in formats.
import { createHash, randomFillSync } from 'node:crypto'
import { V7Generator } from 'uuidv7'

export type Uuid = string
/** The id of a tenant. Only authentication and the stores make one from text. */
export type TenantId = Uuid & { readonly brand: 'TenantId' }

/** The installation itself: owner of the management plane's keys and rows (FORMATS §2). */
export const installationId = '00000000-0000-0000-0000-000000000000' as TenantId

/** No actor, no target: sixteen zero bytes. */
export const nilUuid: Uuid = '00000000-0000-0000-0000-000000000000'

// The library's own source asks the system for 32 bytes at a time, which costs more than all else of an id.
const drawn = new Uint32Array(1024)
let left = 0
const nextUint32 = (): number => {
  if (left === 0) {
    randomFillSync(drawn)
    left = drawn.length
  }
  return drawn[--left]!
}

const generator = new V7Generator({ nextUint32 })

export const newId = (): Uuid => generator.generate().toString()

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
export const isUuid = (text: string): boolean => uuidPattern.test(text)

/** 16 bytes of an id. Throws a RangeError for text that is no UUID. */
export const uuidToBytes = (id: Uuid): Buffer => {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex')
  if (bytes.length !== 16) throw new RangeError('not a UUID')
  return bytes
}

export const uuidFromBytes = (bytes: Uint8Array, offset = 0): Uuid => {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset + offset, 16).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

// Where the two digits of each byte stand in the text of a UUID, and where its hyphens.
const digitsAt = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34)
const hyphensAt = [8, 13, 18, 23] as const
const uuidLength = 36
// Values of the characters 0-9 and a-f; all others have a bit that no value has.
const notHex = 0x80
const hexValues = new Uint8Array(256).fill(notHex)
for (const [value, digit] of [...'0123456789abcdef'].entries())
  hexValues[digit.charCodeAt(0)] = value

/**
 * Writes the 16 bytes of an id to target[offset, offset + 16). On the hot path, where uuidToBytes would make a string and
 * a Buffer. Throws a RangeError for text that is no lower-case UUID.
 */
export const writeUuid = (target: Buffer, offset: number, id: Uuid): void => {
  let seen = id.length === uuidLength ? 0 : notHex
  for (const at of hyphensAt) if (id.charCodeAt(at) !== 0x2d) seen = notHex
  for (let i = 0; i < digitsAt.length; i++) {
    const at = digitsAt[i] as number
    const high = hexValues[id.charCodeAt(at)] ?? notHex
    const low = hexValues[id.charCodeAt(at + 1)] ?? notHex
    seen |= high | low
    target[offset + i] = (high << 4) | low
  }
  if (seen & notHex) throw new RangeError('not a UUID')
}

/** The one id of what belongs to `parent` under this number, whoever makes it. */
export const derivedId = (parent: Uuid, number: number): Uuid =>
  uuidFromBytes(createHash('sha256').update(uuidToBytes(parent)).update(`|${number}`).digest())
