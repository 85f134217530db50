// A user of a tenant, or of the management plane: two sealed columns. What decides access is one document (FORMATS §4).
import type { Milliseconds } from '../../clock.js'
import { toUtc } from '../../clock.js'
import type { Uuid } from '../../ids.js'
import type { TenantContext } from '../context/context.js'
import { IntegrityError } from '../cipher/record.js'
import type { Keyring } from '../keys/keyring.js'
import { canonicalUsername } from '../keys/canonical.js'
import { requireWritten } from '../keys/plain-columns.js'
import { type Change, type IndexEntry, type Row, type RowState, rowState } from '../store/store.js'

export const tenantRoles = ['pam_admin', 'pam_approver', 'pam_user', 'pam_auditor'] as const
export type Role = (typeof tenantRoles)[number] | 'msp_admin' | 'service_account'

/** A role that somebody of a tenant may have. */
export const isTenantRole = (name: string): boolean =>
  name === 'service_account' || tenantRoles.some((role) => role === name)

/** Sealed with `credentials`: everything that decides what the user may do. */
export interface UserAccess {
  readonly roles: readonly Role[]
  /** `invited`: has a set-up token and no password yet. */
  readonly status: 'invited' | 'active' | 'disabled'
  /** Raised when all tokens of the user must die. */
  readonly generation: number
  /** Of the password, with the version of its profile (password.ts); null until set up. */
  readonly verifier: string | null
}

/** Sealed with `identity`. */
export interface UserProfile {
  readonly username: string
  readonly displayName: string
  readonly email: string
  readonly lastLoginTime: Milliseconds | null
}

export interface User {
  readonly id: Uuid
  readonly version: number
  readonly createdTime: Milliseconds
  readonly access: UserAccess
  readonly profile: UserProfile
}

/** The plain `state` column, for lists and counts; the sealed status is what counts. */
const userStates: Readonly<Record<UserAccess['status'], RowState>> = {
  invited: rowState.live,
  active: rowState.live,
  disabled: rowState.live,
}

/** Throws an IntegrityError when the plain state is not that of the sealed status. */
const openAccess = (keys: Keyring, row: Row): UserAccess => {
  const access = keys.open('user_account.doc', row.id, row.version, row.doc) as UserAccess
  if (userStates[access.status] !== row.state) throw new IntegrityError()
  return access
}

export const openUser = (keys: Keyring, row: Row): User => {
  requireWritten(row)
  return openSealed(keys, row)
}

const openSealed = (keys: Keyring, row: Row): User => ({
  id: row.id,
  version: row.version,
  createdTime: row.createdTime,
  access: openAccess(keys, row),
  profile: keys.open(
    'user_account.secret',
    row.id,
    row.version,
    row.secret ?? Buffer.alloc(0),
  ) as UserProfile,
})

const sealUser = (keys: Keyring, user: User, updatedTime: Milliseconds): Row => ({
  id: user.id,
  parent: null,
  version: user.version,
  state: userStates[user.access.status],
  createdTime: user.createdTime,
  updatedTime,
  expiresTime: null,
  doc: keys.seal('user_account.doc', user.id, user.version, user.access),
  secret: keys.seal('user_account.secret', user.id, user.version, user.profile),
})

export const usernameIndexes = (keys: Keyring, username: string): IndexEntry[] =>
  keys.index('username', [canonicalUsername(username)]).map((value) => ({ ...value, unique: true }))

export const insertUser = (keys: Keyring, user: User): Change => ({
  op: 'insert',
  table: 'user_account',
  row: sealUser(keys, user, user.createdTime),
  indexes: usernameIndexes(keys, user.profile.username),
})

/** The change that takes `user` one version on. The username, and with it the index, stays. */
export const updateUser = (
  keys: Keyring,
  user: User,
  change: { readonly access?: Partial<UserAccess>; readonly profile?: Partial<UserProfile> },
  time: Milliseconds,
): Change => ({
  op: 'update',
  table: 'user_account',
  row: sealUser(
    keys,
    {
      ...user,
      version: user.version + 1,
      access: { ...user.access, ...change.access },
      profile: { ...user.profile, ...change.profile },
    },
    time,
  ),
  expectedVersion: user.version,
  indexes: undefined,
})

const openedUser = (context: TenantContext, row: Row | undefined): User | null =>
  row ? openUser(context.keys, row) : null

/** The user as the present epoch has it, or null. */
export const loadUser = (context: TenantContext, id: Uuid): Promise<User | null> =>
  context.access.get('user', id, async () =>
    openedUser(context, (await context.load('user_account', id)) ?? undefined),
  )

/** Past the cache: what sign-in and set-up decide on. */
export const findUserByName = async (
  context: TenantContext,
  username: string,
): Promise<User | null> => {
  const rows = await context.store.find('user_account', context.keys.index('username', [username]))
  // The index column is not sealed: rows it was moved to do not count, and stand in nobody's way.
  let fault: IntegrityError | null = null
  for (const row of rows)
    try {
      const user = openUser(context.keys, row)
      if (user.profile.username === username) return user
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error
      fault = error
    }
  if (fault) throw fault
  return null
}

export const readUser = async (context: TenantContext, id: Uuid): Promise<User | null> =>
  openedUser(context, (await context.store.read('user_account', [id]))[0])

/** SPEC §7's user. */
export const userJson = ({ id, createdTime, access, profile }: User) => ({
  id,
  username: profile.username,
  displayName: profile.displayName,
  email: profile.email,
  roles: [...access.roles],
  status: access.status,
  createdUtc: toUtc(createdTime),
  lastLoginUtc: profile.lastLoginTime === null ? null : toUtc(profile.lastLoginTime),
})
