// Subkeys (FORMATS §2): no CEK is ever used itself. HKDF-SHA-256 expand (RFC 5869 §2.3) with the info
// `"RPPAM\x01" | purpose u8 | label`; the extract step is left out because keys are uniformly random already.
import { createHmac } from 'node:crypto'
import { purposes, type Purpose } from '../cipher/registry.js'

const prefix = Buffer.from('RPPAM\x01', 'latin1')
const firstBlock = Buffer.from([1])
const subkeyBytes = 32

/** The purpose byte of keys above the CEKs. */
export const noPurpose = 0

/** Labels of each purpose. Stored bytes depend on them: vectors freeze them. */
export const subkeyLabels = {
  vault: ['seal'],
  secrets: ['seal'],
  credentials: ['seal', 'verifier', 'idem'],
  identity: ['seal'],
  modules: ['seal'],
  audit: ['seal', 'mac', 'filter'],
  index: ['entryPath', 'entryFolder', 'username', 'accountName', 'tenantCode', 'knownNetwork'],
} as const satisfies Record<Purpose, readonly string[]>
export type SubkeyLabel = (typeof subkeyLabels)[Purpose][number]
/** What records are sealed under; all other subkeys are for HMAC. */
export const sealLabel = 'seal'
export type MacLabel = Exclude<SubkeyLabel, typeof sealLabel>

/** Writes 32 bytes into `subkey`: one block of HKDF. */
export const expandSubkeyInto = (
  subkey: Buffer,
  key: Buffer,
  purpose: number,
  label: string,
): void => {
  const info = Buffer.concat([prefix, Buffer.from([purpose]), Buffer.from(label, 'latin1')])
  const digest = createHmac('sha256', key).update(info).update(firstBlock).digest()
  digest.copy(subkey)
  digest.fill(0)
}

/** 32 bytes, in memory that the caller wipes. */
export const expandSubkey = (key: Buffer, purpose: number, label: string): Buffer => {
  const subkey = Buffer.allocUnsafeSlow(subkeyBytes)
  expandSubkeyInto(subkey, key, purpose, label)
  return subkey
}

export const purposeOf = (code: number): Purpose | undefined =>
  (Object.keys(purposes) as Purpose[]).find((name) => purposes[name] === code)
