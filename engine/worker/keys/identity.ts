// The identity of a key (FORMATS §2): a commitment to its bytes, level, purpose, tenant and version. Stored beside every
// wrapped key and checked on unwrap, so that no other key can be put in its place. It tells nothing of the bytes.
import { createHmac } from 'node:crypto'
import type { TenantId } from '../../ids.js'
import { installationId, uuidToBytes } from '../../ids.js'
import { keyIdBytes } from '../cipher/record.js'
import { expandSubkey, noPurpose } from './subkeys.js'

const label = Buffer.from('RPPAM-KEY\x01', 'latin1')

/** Stored in wrapped keys. */
export const keyLevels = { mek: 1, kek: 2, cek: 3 } as const
export type KeyLevel = (typeof keyLevels)[keyof typeof keyLevels]
export type KeyVersion = number

export interface KeyIdentity {
  readonly level: KeyLevel
  /** 0 for MEK and KEK. */
  readonly purpose: number
  readonly tenant: TenantId
  readonly version: KeyVersion
}

export const mekIdentity: KeyIdentity = {
  level: keyLevels.mek,
  purpose: noPurpose,
  tenant: installationId,
  version: 0,
}

export const kekIdentity = (tenant: TenantId, version: KeyVersion): KeyIdentity => ({
  level: keyLevels.kek,
  purpose: noPurpose,
  tenant,
  version,
})

/** 32 bytes. */
export const commitOf = (key: Buffer, identity: KeyIdentity): Buffer => {
  const fixed = Buffer.alloc(22)
  fixed[0] = identity.level
  fixed[1] = identity.purpose
  uuidToBytes(identity.tenant).copy(fixed, 2)
  fixed.writeUInt32BE(identity.version, 18)
  const subkey = expandSubkey(key, identity.purpose, 'commit')
  try {
    return createHmac('sha256', subkey).update(label).update(fixed).digest()
  } finally {
    subkey.fill(0)
  }
}

/** What headers name a key by: 8 bytes. */
export const keyIdOf = (commit: Buffer): Buffer => Buffer.from(commit.subarray(0, keyIdBytes))

/** What people compare: 32 hex digits. */
export const fingerprintOf = (commit: Buffer): string => commit.toString('hex', 0, 16)
