// Permissions on folders (SPEC §7): rules for users, roles and service accounts, inherited down, default deny.
// The whole set is one sealed document: a planted or flipped rule does not open.
import type { Milliseconds } from '../../clock.js'
import { ApiError } from '../../errors.js'
import type { Uuid } from '../../ids.js'
import type { Principal } from './principal.js'
import type { TenantContext } from '../context/context.js'
import type { Keyring } from '../keys/keyring.js'
import { type Change, type Row, rowState } from '../store/store.js'

export type Right = 'list' | 'read' | 'write' | 'manage'
export const allRights: readonly Right[] = ['list', 'read', 'write', 'manage']

export interface PermissionRule {
  readonly principal: { readonly type: 'user' | 'role' | 'service-account'; readonly id: string }
  readonly folder: string
  readonly rights: readonly Right[]
}

export interface PermissionSet {
  readonly version: number
  readonly rules: readonly PermissionRule[]
}

/** The one row of its table. */
const permissionSetId: Uuid = '00000000-0000-7000-8000-000000000001'

/** What provisioning writes; an administrator may remove it (SPEC §7). */
export const defaultRules: readonly PermissionRule[] = [
  { principal: { type: 'role', id: 'pam_admin' }, folder: '/', rights: allRights },
]

const sealSet = (
  keys: Keyring,
  version: number,
  rules: readonly PermissionRule[],
  time: Milliseconds,
): Row => ({
  id: permissionSetId,
  parent: null,
  version,
  state: rowState.live,
  createdTime: time,
  updatedTime: time,
  expiresTime: null,
  doc: keys.seal('permission_set.doc', permissionSetId, version, { rules }),
  secret: null,
})

export const insertPermissions = (
  keys: Keyring,
  rules: readonly PermissionRule[],
  time: Milliseconds,
): Change => ({
  op: 'insert',
  table: 'permission_set',
  row: sealSet(keys, 1, rules, time),
  indexes: [],
})

export const replacePermissions = (
  keys: Keyring,
  present: PermissionSet,
  rules: readonly PermissionRule[],
  time: Milliseconds,
): Change => ({
  op: 'update',
  table: 'permission_set',
  row: sealSet(keys, present.version + 1, rules, time),
  expectedVersion: present.version,
  indexes: undefined,
})

/** What loadPermissions would answer at once, or null. */
export const knownPermissions = ({ access }: TenantContext): PermissionSet | null =>
  access.known('permissions', permissionSetId)

export const loadPermissions = async (context: TenantContext): Promise<PermissionSet> => {
  const set = await context.access.get('permissions', permissionSetId, async () => {
    const row = await context.load('permission_set', permissionSetId)
    if (!row) return null
    const document = context.keys.open('permission_set.doc', row.id, row.version, row.doc)
    return { version: row.version, ...(document as { rules: PermissionRule[] }) }
  })
  // Provisioning writes it and nothing deletes it: a set that is gone was taken away.
  if (!set) throw new ApiError('integrity_failure')
  return set
}

const covers = (folder: string, path: string): boolean =>
  folder === '/' || path === folder || path.startsWith(`${folder}/`)

const names = (rule: PermissionRule, principal: Principal): boolean =>
  rule.principal.type === 'role'
    ? (principal.roles as readonly string[]).includes(rule.principal.id)
    : rule.principal.type === principal.type && rule.principal.id === principal.id

const decide = (set: PermissionSet, principal: Principal, folder: string): ReadonlySet<Right> =>
  new Set(
    set.rules
      .filter((rule) => names(rule, principal) && covers(rule.folder, folder))
      .flatMap(({ rights }) => rights),
  )

/** What was decided of a principal by one set, by folder. */
interface Decisions {
  readonly set: PermissionSet
  readonly byFolder: Map<string, ReadonlySet<Right>>
}

/** Folders of one principal; of more it is decided again. */
const foldersKept = 1_000

// A principal of a cache lives as long as the epoch that it was read at (principal.ts), and its decisions with it; what
// another set says of it is never asked of them.
const decided = new WeakMap<Principal, Decisions>()

const decisionsOf = (set: PermissionSet, principal: Principal): Decisions => {
  const found = decided.get(principal)
  if (found?.set === set && found.byFolder.size < foldersKept) return found
  const fresh = { set, byFolder: new Map<string, ReadonlySet<Right>>() }
  decided.set(principal, fresh)
  return fresh
}

/** What `principal` may do in `folder`. */
export const rightsIn = (
  set: PermissionSet,
  principal: Principal,
  folder: string,
): ReadonlySet<Right> => {
  const { byFolder } = decisionsOf(set, principal)
  let rights = byFolder.get(folder)
  if (!rights) byFolder.set(folder, (rights = decide(set, principal, folder)))
  return rights
}

/** Passes, or throws: without `list` the entry does not exist (404), without `right` it is forbidden (403). */
export const demand = (rights: ReadonlySet<Right>, right: Right): void => {
  if (!rights.has('list')) throw new ApiError('not_found')
  if (!rights.has(right)) throw new ApiError('forbidden')
}
