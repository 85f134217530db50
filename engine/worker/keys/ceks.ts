// Making and unwrapping the CEKs of one tenant: one for each purpose, each version wrapped by the KEK on its own.
import type { Clock } from '../../clock.js'
import type { TenantId } from '../../ids.js'
import { IntegrityError } from '../cipher/record.js'
import { purposes, type Purpose } from '../cipher/registry.js'
import type { WrappedKeyRow } from '../store/store.js'
import {
  commitOf,
  kekIdentity,
  type KeyIdentity,
  keyIdOf,
  keyLevels,
  type KeyVersion,
} from './identity.js'
import type { KeyMemory } from './key-memory.js'
import { PurposeKey, seals } from './purpose-key.js'
import { SecretKey } from './secret-key.js'
import { purposeOf } from './subkeys.js'
import { unwrapKey, wrapKey, type WrappingKey, wrappingKeyIdOf } from './wrapped-key.js'

const firstVersion = 1

/** A KEK of the tenant that is being opened. */
export interface HeldKek {
  readonly version: KeyVersion
  readonly key: SecretKey
}

const cekIdentity = (tenant: TenantId, purpose: number, version: KeyVersion): KeyIdentity => ({
  level: keyLevels.cek,
  purpose,
  tenant,
  version,
})

/** A fresh CEK, wrapped. Its bytes are wiped before it returns. */
export const generateCek = (
  tenant: TenantId,
  kek: WrappingKey,
  purpose: Purpose,
  version: KeyVersion,
  clock: Clock,
): WrappedKeyRow => {
  const code = purposes[purpose]
  const cek = SecretKey.generate()
  try {
    const { wrapped, commit } = wrapKey(kek, cek, cekIdentity(tenant, code, version))
    const createdTime = clock.now()
    return { purpose: code, version, wrapped, commit, layers: 1, createdTime, retiredTime: null }
  } finally {
    cek.wipe()
  }
}

/** The first CEK of every purpose. */
export const generateCeks = (
  tenant: TenantId,
  kek: SecretKey,
  kekKeyId: Buffer,
  clock: Clock,
): WrappedKeyRow[] =>
  (Object.keys(purposes) as Purpose[]).map((purpose) =>
    generateCek(tenant, { key: kek, keyId: kekKeyId }, purpose, firstVersion, clock),
  )

/** How many of them seal records. */
export const countSealing = (rows: readonly WrappedKeyRow[]): number =>
  rows.filter((row) => {
    const purpose = purposeOf(row.purpose)
    return purpose !== undefined && seals(purpose)
  }).length

/** Unwraps all rows; sealing subkeys go into `memory`. Throws an IntegrityError, and leaves nothing unwrapped, when one of them does not open. */
export const openCeks = (
  tenant: TenantId,
  keks: readonly HeldKek[],
  rows: readonly WrappedKeyRow[],
  memory: KeyMemory,
): PurposeKey[] => {
  const wrapping = keks.map(({ version, key }) => wrappingKeyOf(tenant, version, key))
  const opened: PurposeKey[] = []
  try {
    for (const row of rows) opened.push(openCek(tenant, wrapping, row, memory))
    return opened
  } catch (error) {
    for (const key of opened) key.wipe()
    throw error
  }
}

const wrappingKeyOf = (tenant: TenantId, version: KeyVersion, key: SecretKey): WrappingKey => ({
  key,
  keyId: keyIdOf(key.use((bytes) => commitOf(bytes, kekIdentity(tenant, version)))),
})

const openCek = (
  tenant: TenantId,
  keks: readonly WrappingKey[],
  row: WrappedKeyRow,
  memory: KeyMemory,
): PurposeKey => {
  const purpose = purposeOf(row.purpose)
  const kek = keks.find(({ keyId }) => keyId.equals(wrappingKeyIdOf(row.wrapped)))
  if (!purpose || !kek || row.layers !== 1) throw new IntegrityError()
  const cek = unwrapKey(kek, row, cekIdentity(tenant, row.purpose, row.version))
  try {
    const retired = row.retiredTime !== null
    return new PurposeKey(purpose, row.version, keyIdOf(row.commit), retired, cek, memory)
  } finally {
    cek.wipe()
  }
}
