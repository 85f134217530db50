// The installation's own secrets: one sealed setting row, made at the first start. A second node reads them from the
// control database and needs nothing but that address and the MEK.
import type { JWK } from 'jose'
import type { Milliseconds } from '../../clock.js'
import { type Uuid, newId } from '../../ids.js'
import { randomBytes } from '../cipher/random.js'
import type { Keyring } from '../keys/keyring.js'
import { type Change, type Row, rowState } from '../store/store.js'
import { type DevelopmentLicense, newDevelopmentLicense } from './license.js'
import { type StoredKey, newSigningKey } from './signing.js'

export interface InstallationSecrets {
  /** Of the installation: the issuer of its tokens. */
  readonly id: Uuid
  /** Signs access tokens. */
  readonly tokenKey: StoredKey
  /** Signs checkpoints and destruction records. */
  readonly attestationKey: StoredKey
  /** Password of the role that may count a tenant's events and nothing else. */
  readonly countsPassword: string
  /** Null once a vendor's licence was accepted: a development licence never counts again. */
  readonly developmentLicense: DevelopmentLicense | null
  /** The vendor's licence that was last accepted. */
  readonly vendorLicense: { readonly token: string; readonly keys: readonly JWK[] } | null
}

/** The one row. */
export const secretsRowId: Uuid = '00000000-0000-7000-8000-000000000002'

export const newSecrets = async (): Promise<InstallationSecrets> => ({
  id: newId(),
  tokenKey: await newSigningKey(),
  attestationKey: await newSigningKey(),
  countsPassword: randomBytes(24).toString('base64url'),
  developmentLicense: await newDevelopmentLicense(),
  vendorLicense: null,
})

const sealRow = (
  keys: Keyring,
  version: number,
  secrets: InstallationSecrets,
  time: Milliseconds,
): Row => ({
  id: secretsRowId,
  parent: null,
  version,
  state: rowState.live,
  createdTime: time,
  updatedTime: time,
  expiresTime: null,
  doc: keys.seal('setting.doc', secretsRowId, version, secrets),
  secret: null,
})

export const insertSecrets = (
  keys: Keyring,
  secrets: InstallationSecrets,
  time: Milliseconds,
): Change => ({
  op: 'insert',
  table: 'setting',
  row: sealRow(keys, 1, secrets, time),
  indexes: [],
})

export const replaceSecrets = (
  keys: Keyring,
  present: number,
  secrets: InstallationSecrets,
  time: Milliseconds,
): Change => ({
  op: 'update',
  table: 'setting',
  row: sealRow(keys, present + 1, secrets, time),
  expectedVersion: present,
  indexes: undefined,
})

export const openSecrets = (keys: Keyring, row: Row): InstallationSecrets =>
  keys.open('setting.doc', row.id, row.version, row.doc) as InstallationSecrets
