// One-time set-up: a token of 72 h, or a claim code that only the customer knows, lets an invited user choose a
// password, once. The row belongs to its user; what it proves is sealed.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Milliseconds } from '../../clock.js'
import { type TenantId, type Uuid, newId } from '../../ids.js'
import { type OpaqueToken, formatToken } from '../../task/opaque-token.js'
import { randomBytes } from '../cipher/random.js'
import { IntegrityError } from '../cipher/record.js'
import type { Keyring } from '../keys/keyring.js'
import { type Change, type Row, type Store, rowState } from '../store/store.js'

export const setupLifetime: Milliseconds = 72 * 3_600_000

interface SetupDocument {
  readonly user: Uuid
  /** Verifier of the token, base64; null when only the claim counts. */
  readonly verifier: string | null
  /** SHA-256 of the customer's claim code, hex. */
  readonly claim: string | null
  /** A claim does not expire: nobody but the customer ever held it. */
  readonly expiresTime: Milliseconds | null
  /** Of the first administrator: it claims the tenant, and only one that nobody has claimed. */
  readonly claimsTenant?: true
}

export interface Setup extends SetupDocument {
  readonly id: Uuid
}

export interface IssuedSetup {
  readonly change: Change
  /** Null for a claim: there is nothing to hand out. */
  readonly token: string | null
  readonly expiresTime: Milliseconds | null
}

const insert = (keys: Keyring, id: Uuid, document: SetupDocument, now: Milliseconds): Change => ({
  op: 'insert',
  table: 'setup_token',
  row: {
    id,
    parent: document.user,
    version: 1,
    state: rowState.live,
    createdTime: now,
    updatedTime: now,
    expiresTime: document.expiresTime,
    doc: keys.seal('setup_token.doc', id, 1, document),
    secret: null,
  },
  indexes: [],
})

type IssuedToken = IssuedSetup & { id: Uuid; token: string; expiresTime: Milliseconds }

const issue = (
  keys: Keyring,
  token: OpaqueToken,
  user: Pick<SetupDocument, 'user' | 'claimsTenant'>,
  now: Milliseconds,
): IssuedToken => {
  const { id, secret } = token
  const expiresTime = now + setupLifetime
  const verifier = keys.verifier('setup', id, secret).toString('base64')
  const document: SetupDocument = { ...user, verifier, claim: null, expiresTime }
  const change = insert(keys, id, document, now)
  return { id, change, token: formatToken('rpst_', token), expiresTime }
}

/** Of a user whom the tenant's own people invite. */
export const issueToken = (
  keys: Keyring,
  tenant: TenantId,
  user: Uuid,
  now: Milliseconds,
): IssuedToken => issue(keys, { tenant, id: newId(), secret: randomBytes(32) }, { user }, now)

/** Of the first administrator, whom the provider invites. */
export const issueFirstToken = (
  keys: Keyring,
  token: OpaqueToken,
  user: Uuid,
  now: Milliseconds,
): IssuedToken => issue(keys, token, { user, claimsTenant: true }, now)

export const issueClaim = (
  keys: Keyring,
  id: Uuid,
  user: Uuid,
  claim: string,
  now: Milliseconds,
): IssuedSetup => {
  const document: SetupDocument = {
    user,
    verifier: null,
    claim: claim.toLowerCase(),
    expiresTime: null,
    claimsTenant: true,
  }
  return { change: insert(keys, id, document, now), token: null, expiresTime: null }
}

const openSetup = (keys: Keyring, row: Row): Setup => {
  const document = keys.open('setup_token.doc', row.id, row.version, row.doc) as SetupDocument
  // The parent column is plain, and what is used is found and removed by it.
  if (document.user !== row.parent) throw new IntegrityError()
  return { id: row.id, ...document }
}

/** The set-up that `token` proves, or null: unknown, used, expired and wrong are one answer. */
export const findByToken = async (
  store: Store,
  keys: Keyring,
  token: OpaqueToken,
  now: Milliseconds,
): Promise<Setup | null> => {
  const row = (await store.read('setup_token', [token.id]))[0]
  if (!row) return null
  const setup = openSetup(keys, row)
  if (setup.verifier === null || (setup.expiresTime ?? 0) <= now) return null
  const expected = Buffer.from(setup.verifier, 'base64')
  return keys.verify('setup', token.id, token.secret, expected) ? setup : null
}

/** The set-up that the customer's claim code proves. Only a tenant's first administrator has one. */
export const findByClaim = async (
  store: Store,
  keys: Keyring,
  code: string,
): Promise<Setup | null> => {
  const digest = createHash('sha256').update(code).digest()
  const rows = await store.list('setup_token', {
    state: rowState.live,
    offset: 0,
    limit: 100,
    secret: false,
  })
  const matches = rows
    .map((row) => openSetup(keys, row))
    .filter(({ claim }) => claim !== null && timingSafeEqual(Buffer.from(claim, 'hex'), digest))
  return matches[0] ?? null
}

/** Every set-up of a user, gone: when one was used, or a new one replaces it. */
export const revokeSetups = async (store: Store, user: Uuid): Promise<Change[]> => {
  const rows = await store.children('setup_token', user, { limit: 100 })
  return rows.map(({ id }) => ({ op: 'delete', table: 'setup_token', id }))
}
