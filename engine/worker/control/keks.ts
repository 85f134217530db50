// KEKs as rows of the control database: one row a version below its tenant, wrapped by the MEK. They are opened in the
// broker's thread only.
import { type Clock } from '../../clock.js'
import { type TenantId, derivedId } from '../../ids.js'
import { type HeldKek, generateKek, unwrapKek, wrapKek } from '../keys/keyring.js'
import { commitOf, kekIdentity, keyIdOf } from '../keys/identity.js'
import type { KeyProvider } from '../keys/providers/provider.js'
import type { SecretKey } from '../keys/secret-key.js'
import { type Row, type Store, rowState } from '../store/store.js'

const versionsAtMost = 1_000
const firstVersion = 1

const rowsOf = (store: Store, tenant: TenantId): Promise<Row[]> =>
  store.children('tenant_kek', tenant, { limit: versionsAtMost })

/** Whether the tenant has a KEK. */
export const hasKek = async (store: Store, tenant: TenantId): Promise<boolean> =>
  (await store.children('tenant_kek', tenant, { limit: 1 })).length > 0

/** Every version, unwrapped, newest first. Throws an IntegrityError when one does not open. The caller wipes them. */
export const openKeks = async (
  provider: KeyProvider,
  store: Store,
  tenant: TenantId,
): Promise<HeldKek[]> => {
  const held: HeldKek[] = []
  try {
    for (const row of await rowsOf(store, tenant)) held.push(await openKek(provider, tenant, row))
    return held
  } catch (error) {
    // Nobody would wipe those that did open.
    for (const { key } of held) key.wipe()
    throw error
  }
}

const openKek = async (
  provider: KeyProvider,
  tenant: TenantId,
  { version, doc, secret }: Row,
): Promise<HeldKek> => {
  const row = { version, wrapped: doc, commit: secret ?? Buffer.alloc(0) }
  return { version, key: await unwrapKek(provider, tenant, row) }
}

/** The first KEK, unless there is one already. */
export const ensureKek = async (
  provider: KeyProvider,
  store: Store,
  tenant: TenantId,
  clock: Clock,
): Promise<void> => {
  if (await hasKek(store, tenant)) return
  const kek = generateKek(tenant, firstVersion)
  try {
    const { wrapped, commit } = await wrapKek(provider, tenant, kek, firstVersion)
    const time = clock.now()
    const row: Row = {
      // Of two nodes that make it at once, the second finds the first's and leaves it.
      id: derivedId(tenant, firstVersion),
      parent: tenant,
      version: firstVersion,
      state: rowState.live,
      createdTime: time,
      updatedTime: time,
      expiresTime: null,
      doc: wrapped,
      secret: commit,
    }
    await store.put([{ op: 'ensure', table: 'tenant_kek', row }])
  } finally {
    kek.wipe()
  }
}

/** What the tenant's CEKs name their wrapping key by. */
export const kekKeyId = (tenant: TenantId, version: number, kek: SecretKey): Buffer =>
  keyIdOf(kek.use((bytes) => commitOf(bytes, kekIdentity(tenant, version))))
