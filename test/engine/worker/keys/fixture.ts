// A tenant's keys for tests: made fresh, or the frozen ones of vectors/keyring.json.
import type { TenantId, Uuid } from '../../../../engine/ids.js'
import { newId } from '../../../../engine/ids.js'
import { commitOf, kekIdentity, keyIdOf } from '../../../../engine/worker/keys/identity.js'
import {
  generateCeks,
  generateKek,
  type HeldKek,
  type Keyring,
  type KeyringOptions,
  keyringOptions,
  openKeyring,
} from '../../../../engine/worker/keys/keyring.js'
import { SecretKey } from '../../../../engine/worker/keys/secret-key.js'
import type { WrappedKeyRow } from '../../../../engine/worker/store/store.js'
import type { SealedFieldName } from '../../../../engine/worker/cipher/registry.js'
import { hex, readVectors } from '../../../vectors/read.js'

export const clock = { now: () => 1_700_000_000_000 }

export interface TenantKeys {
  readonly tenant: TenantId
  readonly kek: HeldKek
  readonly kekKeyId: Buffer
  readonly rows: WrappedKeyRow[]
}

export const freshTenant = (tenant = newId() as TenantId): TenantKeys => {
  const key = generateKek(tenant, 1)
  const kekKeyId = keyIdOf(key.use((bytes) => commitOf(bytes, kekIdentity(tenant, 1))))
  const rows = generateCeks(tenant, key, kekKeyId, clock)
  return { tenant, kek: { version: 1, key }, kekKeyId, rows }
}

export const open = (
  { tenant, kek, rows }: TenantKeys,
  options: Partial<KeyringOptions> = {},
): Keyring =>
  openKeyring(tenant, [kek], rows, { ...keyringOptions('xchacha20-poly1305', 16), ...options })

interface Frozen {
  readonly tenant: TenantId
  readonly kek: { readonly version: number; readonly key: string }
  readonly rows: readonly {
    readonly purpose: number
    readonly version: number
    readonly commit: string
    readonly wrapped: string
  }[]
  readonly records: readonly {
    readonly field: SealedFieldName
    readonly recordId: Uuid
    readonly recordVersion: number
    readonly value: unknown
    readonly record: string
  }[]
  readonly indexes: readonly {
    readonly name: 'entryPath' | 'entryFolder' | 'username' | 'accountName' | 'knownNetwork'
    readonly parts: string[]
    readonly value: string
  }[]
}

export const frozen = readVectors<Frozen>('keyring')

export const frozenTenant = (): TenantKeys => {
  const key = SecretKey.take(hex(frozen.kek.key))
  const kekKeyId = keyIdOf(key.use((bytes) => commitOf(bytes, kekIdentity(frozen.tenant, 1))))
  const rows = frozen.rows.map((row) => ({
    ...row,
    commit: hex(row.commit),
    wrapped: hex(row.wrapped),
    layers: 1,
    createdTime: 0,
    retiredTime: null,
  }))
  return { tenant: frozen.tenant, kek: { version: frozen.kek.version, key }, kekKeyId, rows }
}
