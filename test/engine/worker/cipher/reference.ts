// FORMATS §1–§3 once more, written from the text with @noble only and without a line of the engine's: vectors are made by
// it, and the engine is compared with it.
import { ecb, gcm, gcmsiv } from '@noble/ciphers/aes.js'
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { expand } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'

type Bytes = Uint8Array

const ascii = (text: string): Bytes => Buffer.from(text, 'latin1')
const uuid = (id: string): Bytes => Buffer.from(id.replaceAll('-', ''), 'hex')
const integer = (bytes: number, value: number): Bytes =>
  Buffer.from(
    BigInt(value)
      .toString(16)
      .padStart(bytes * 2, '0'),
    'hex',
  )
const join = (...parts: Bytes[]): Buffer => Buffer.concat(parts)

export const xaesDerive = (key: Bytes, nonce: Bytes): Bytes => {
  const aes = (block: Bytes): Bytes => ecb(key, { disablePadding: true }).encrypt(block)
  const l = BigInt(`0x${Buffer.from(aes(new Uint8Array(16))).toString('hex')}`)
  const doubled = ((l << 1n) & ((1n << 128n) - 1n)) ^ (l >> 127n ? 0x87n : 0n)
  const k1 = Buffer.from(doubled.toString(16).padStart(32, '0'), 'hex')
  const half = (counter: number): Bytes => {
    const m = join(Uint8Array.of(0, counter, 0x58, 0), nonce.slice(0, 12))
    return aes(m.map((byte, i) => byte ^ (k1[i] as number)))
  }
  return join(half(1), half(2))
}

export const xaesSeal = (key: Bytes, nonce: Bytes, plaintext: Bytes, aad: Bytes): Bytes =>
  gcm(xaesDerive(key, nonce), nonce.slice(12), aad).encrypt(plaintext)

export const subkey = (cek: Bytes, purpose: number, label: string): Bytes =>
  expand(sha256, cek, join(ascii('RPPAM\x01'), Uint8Array.of(purpose), ascii(label)), 32)

export interface Identity {
  readonly level: number
  readonly purpose: number
  readonly tenant: string
  readonly version: number
}

export const commit = (key: Bytes, { level, purpose, tenant, version }: Identity): Buffer =>
  Buffer.from(
    hmac(
      sha256,
      subkey(key, purpose, 'commit'),
      join(
        ascii('RPPAM-KEY\x01'),
        Uint8Array.of(level, purpose),
        uuid(tenant),
        integer(4, version),
      ),
    ),
  )

export const wrap = (
  wrapping: { key: Bytes; keyId: Bytes },
  key: Bytes,
  identity: Identity,
  nonce: Bytes,
): Buffer => {
  const header = join(
    Uint8Array.of(0x81, 1, identity.level, identity.purpose),
    integer(4, identity.version),
    wrapping.keyId,
  )
  const keyId = commit(key, identity).subarray(0, 8)
  const aad = join(ascii('RPPAM-WRAP\x01'), header, uuid(identity.tenant), keyId)
  return join(header, nonce, gcmsiv(wrapping.key, nonce, aad).encrypt(key))
}

export interface RecordPlan {
  readonly suite: number
  readonly purpose: number
  readonly keyVersion: number
  readonly keyId: Bytes
  readonly tenant: string
  readonly kind: number
  readonly field: number
  readonly recordId: string
  readonly recordVersion: number
  /** What a record of ours never says, said authentically. */
  readonly formatByte?: number
  readonly flags?: number
}

/** Of audit blocks: steps of 512 bytes, whatever the length. */
const padInSteps = (content: Bytes): Buffer => {
  const over = (4 + content.length) % 512
  return join(integer(4, content.length), content, new Uint8Array(over === 0 ? 0 : 512 - over))
}

export const pad = (content: Bytes): Buffer => {
  const bytes = 4 + content.length
  let padded = Math.ceil(bytes / 64) * 64
  if (bytes > 1024) {
    const e = BigInt(bytes).toString(2).length - 1
    const s = BigInt(e).toString(2).length
    const granule = 1n << BigInt(e - s)
    padded = Number(((BigInt(bytes) + granule - 1n) / granule) * granule)
  }
  return join(integer(4, content.length), content, new Uint8Array(padded - bytes))
}

export const record = (cek: Bytes, plan: RecordPlan, nonce: Bytes, content: Bytes): Buffer => {
  const header = join(
    Uint8Array.of(plan.formatByte ?? 1, plan.suite, plan.purpose, plan.flags ?? 0),
    integer(4, plan.keyVersion),
    plan.keyId,
  )
  const aad = join(
    ascii('RPPAM-AAD\x01'),
    header,
    uuid(plan.tenant),
    integer(2, plan.kind),
    integer(2, plan.field),
    uuid(plan.recordId),
    integer(8, plan.recordVersion),
  )
  const key = subkey(cek, plan.purpose, 'seal')
  const plaintext = plan.purpose === 6 ? padInSteps(content) : pad(content)
  const sealed =
    plan.suite === 1
      ? xaesSeal(key, nonce, plaintext, aad)
      : xchacha20poly1305(key, nonce, aad).encrypt(plaintext)
  return join(header, nonce, sealed)
}

export const blindIndex = (cek: Bytes, label: string, parts: readonly string[]): Buffer => {
  const bytes = parts.map((part) => Buffer.from(part))
  const input = join(...bytes.flatMap((part) => [integer(2, part.length), part]))
  return Buffer.from(hmac(sha256, subkey(cek, 7, label), input)).subarray(0, 16)
}
