// A wrapped key as stored (FORMATS §2): `81 | wrap | level | purpose | version u32 | wrappingKeyId 8 | body`. The header
// and the key's identity are associated data: a wrapped key moved to another tenant, purpose, level or version, or told
// to be another key, does not open.
import { timingSafeEqual } from 'node:crypto'
import { uuidToBytes } from '../../ids.js'
import { IntegrityError, keyIdBytes } from '../cipher/record.js'
import { commitOf, type KeyIdentity, keyIdOf } from './identity.js'
import { openKey, sealKey } from './key-wrap.js'
import type { SecretKey } from './secret-key.js'

/** 01 is AES-256-GCM-SIV under a key that we hold, 02 an external KMS. */
export const wrapKinds = { local: 1, external: 2 } as const
export type WrapKind = (typeof wrapKinds)[keyof typeof wrapKinds]

const formatByte = 0x81
const headerBytes = 16
const wrappingKeyIdOffset = 8
const label = Buffer.from('RPPAM-WRAP\x01', 'latin1')

export interface WrappedKey {
  readonly wrapped: Buffer
  /** 32 bytes, stored beside it. */
  readonly commit: Buffer
}

/** A key of ours that wraps others. */
export interface WrappingKey {
  readonly key: SecretKey
  readonly keyId: Buffer
}

export const headerOf = (kind: WrapKind, identity: KeyIdentity, wrappingKeyId: Buffer): Buffer => {
  const header = Buffer.alloc(headerBytes)
  header.set([formatByte, kind, identity.level, identity.purpose])
  header.writeUInt32BE(identity.version, 4)
  wrappingKeyId.copy(header, wrappingKeyIdOffset, 0, keyIdBytes)
  return header
}

/** 51 bytes. */
export const wrapAssociatedData = (header: Buffer, identity: KeyIdentity, commit: Buffer): Buffer =>
  Buffer.concat([label, header, uuidToBytes(identity.tenant), keyIdOf(commit)])

export const wrappingKeyIdOf = (wrapped: Buffer): Buffer =>
  wrapped.subarray(wrappingKeyIdOffset, headerBytes)

export const bodyOf = (wrapped: Buffer): Buffer => wrapped.subarray(headerBytes)

/** The header, if it says this kind, identity and any wrapping key. Throws an IntegrityError otherwise. */
export const checkedHeader = (wrapped: Buffer, kind: WrapKind, identity: KeyIdentity): Buffer => {
  const header = wrapped.subarray(0, headerBytes)
  const expected = headerOf(kind, identity, wrappingKeyIdOf(wrapped))
  if (wrapped.length <= headerBytes || !expected.equals(header)) throw new IntegrityError()
  return header
}

/** Throws an IntegrityError, and wipes the key, when it is not the one that was committed to. */
export const requireCommit = (key: SecretKey, identity: KeyIdentity, commit: Buffer): SecretKey => {
  const actual = key.use((bytes) => commitOf(bytes, identity))
  if (commit.length === actual.length && timingSafeEqual(actual, commit)) return key
  key.wipe()
  throw new IntegrityError()
}

export const wrapKey = (by: WrappingKey, key: SecretKey, identity: KeyIdentity): WrappedKey => {
  const commit = key.use((bytes) => commitOf(bytes, identity))
  const header = headerOf(wrapKinds.local, identity, by.keyId)
  const associatedData = wrapAssociatedData(header, identity, commit)
  const body = by.key.use((bytes) => sealKey(bytes, key, associatedData))
  return { wrapped: Buffer.concat([header, body]), commit }
}

export const unwrapKey = (
  by: WrappingKey,
  { wrapped, commit }: WrappedKey,
  identity: KeyIdentity,
): SecretKey => {
  const header = checkedHeader(wrapped, wrapKinds.local, identity)
  if (!by.keyId.equals(wrappingKeyIdOf(wrapped))) throw new IntegrityError()
  const associatedData = wrapAssociatedData(header, identity, commit)
  const key = by.key.use((bytes) => openKey(bytes, bodyOf(wrapped), associatedData))
  return requireCommit(key, identity, commit)
}
