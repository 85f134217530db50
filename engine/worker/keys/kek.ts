// Making, wrapping and unwrapping a tenant's KEK. Runs where the key provider is, in the broker's thread, and nowhere else.
import type { TenantId } from '../../ids.js'
import { IntegrityError } from '../cipher/record.js'
import { commitOf, kekIdentity, type KeyVersion } from './identity.js'
import type { KeyProvider } from './providers/provider.js'
import { SecretKey } from './secret-key.js'
import {
  bodyOf,
  checkedHeader,
  headerOf,
  requireCommit,
  wrapAssociatedData,
  type WrappedKey,
  wrappingKeyIdOf,
} from './wrapped-key.js'

/** A KEK as its row in the control database holds it. */
export interface WrappedKekRow extends WrappedKey {
  readonly version: KeyVersion
}

/** A fresh KEK. What makes it this tenant's and version's is its identity, bound by wrapKek. */
export const generateKek = (_tenant: TenantId, _version: KeyVersion): SecretKey =>
  SecretKey.generate()

export const wrapKek = async (
  provider: KeyProvider,
  tenant: TenantId,
  kek: SecretKey,
  version: KeyVersion,
): Promise<WrappedKey> => {
  const identity = kekIdentity(tenant, version)
  const commit = kek.use((bytes) => commitOf(bytes, identity))
  const header = headerOf(provider.kind, identity, provider.currentKeyId)
  const body = await provider.wrap(kek, wrapAssociatedData(header, identity, commit))
  return { wrapped: Buffer.concat([header, body]), commit }
}

/** Throws an IntegrityError when the row is not this tenant's KEK of this version, or its MEK is not there. */
export const unwrapKek = async (
  provider: KeyProvider,
  tenant: TenantId,
  row: WrappedKekRow,
): Promise<SecretKey> => {
  const identity = kekIdentity(tenant, row.version)
  const header = checkedHeader(row.wrapped, provider.kind, identity)
  const by = wrappingKeyIdOf(row.wrapped)
  if (!provider.keyIds.some((keyId) => keyId.equals(by))) throw new IntegrityError()
  const associatedData = wrapAssociatedData(header, identity, row.commit)
  const kek = await provider.unwrap(by, bodyOf(row.wrapped), associatedData)
  return requireCommit(kek, identity, row.commit)
}
