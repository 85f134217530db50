// Identifiers: UUIDv7 (RFC 9562 §5.7), as lower-case text in code and as 16 bytes in formats.
import { uuidv7 } from 'uuidv7'

export type Uuid = string
/** The id of a tenant. Only authentication and the stores make one from text. */
export type TenantId = Uuid & { readonly brand: 'TenantId' }

/** The installation itself: owner of the management plane's keys and rows (FORMATS §2). */
export const installationId = '00000000-0000-0000-0000-000000000000' as TenantId

/** No actor, no target: sixteen zero bytes. */
export const nilUuid: Uuid = '00000000-0000-0000-0000-000000000000'

export const newId = (): Uuid => uuidv7()

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
