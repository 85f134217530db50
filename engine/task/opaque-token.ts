// Opaque tokens (FORMATS §8): prefix, then base64url of `tenant 16 | id 16 | secret 32 | CRC-32 4`. The checksum only
// tells a typing error from a wrong secret before any look-up; it protects nothing. What is stored is a verifier.
// The front reads no more of it than the tenant, as a routing hint.
import { crc32 } from 'node:zlib'
import { type TenantId, type Uuid, uuidFromBytes, uuidToBytes } from '../ids.js'

export type TokenPrefix = 'rpst_' | 'rprt_'

export interface OpaqueToken {
  readonly tenant: TenantId
  readonly id: Uuid
  /** 32 bytes. */
  readonly secret: Buffer
}

const bodyBytes = 64

const checksum = (body: Buffer): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(body))
  return bytes
}

export const formatToken = (prefix: TokenPrefix, { tenant, id, secret }: OpaqueToken): string => {
  const body = Buffer.concat([uuidToBytes(tenant), uuidToBytes(id), secret])
  return prefix + Buffer.concat([body, checksum(body)]).toString('base64url')
}

/** Null for anything that is not exactly one of these tokens. */
export const parseToken = (prefix: TokenPrefix, text: string): OpaqueToken | null => {
  if (!text.startsWith(prefix)) return null
  const bytes = Buffer.from(text.slice(prefix.length), 'base64url')
  if (bytes.length !== bodyBytes + 4 || prefix + bytes.toString('base64url') !== text) return null
  const body = bytes.subarray(0, bodyBytes)
  if (!checksum(body).equals(bytes.subarray(bodyBytes))) return null
  return {
    tenant: uuidFromBytes(body) as TenantId,
    id: uuidFromBytes(body, 16),
    secret: Buffer.from(body.subarray(32)),
  }
}
