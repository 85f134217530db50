// Versions of an entry: the newest twenty are kept (SPEC §7), the present one among them. A kept one stays in the folder
// that it was in: an entry that is moved takes nobody's secrets of before along to whoever may read it there.
import { ApiError } from '../../errors.js'
import type { Uuid } from '../../ids.js'
import { type Right, demand, loadPermissions, rightsIn } from '../access/permissions.js'
import type { Principal } from '../access/principal.js'
import type { TenantContext } from '../context/context.js'
import { type Readable, readable } from '../request/readable.js'
import type { Change, Row } from '../store/store.js'
import { type Entry, type EntryContent, openVersion, versionsKept } from './entry.js'

export interface KeptVersion {
  readonly row: Row
  readonly content: EntryContent
}

/** Rows of one version that are looked at: no engine writes more than one. */
const ofOneVersion = 100

/** Those before the present version, newest first. */
export const keptVersions = async (
  { keys, store }: Pick<TenantContext, 'keys' | 'store'>,
  { id, version }: Pick<Entry, 'id' | 'version'>,
): Promise<Readable<KeptVersion>> => {
  const open = (rows: readonly Row[]): Readable<KeptVersion> =>
    readable(rows, (row) => ({ row, content: openVersion(keys, id, row) }))
  const table = 'vault_entry_version'
  const newest = open(await store.children(table, id, { limit: versionsKept - 1 }))
  if (newest.unreadable.length === 0) return newest
  // What does not open must not stand before what does, whatever its number.
  const items: KeptVersion[] = []
  const unreadable = new Set(newest.unreadable)
  for (let one = version - 1; one > Math.max(0, version - versionsKept); one--) {
    const found = open(await store.children(table, id, { version: one, limit: ofOneVersion }))
    items.push(...found.items)
    for (const bad of found.unreadable) unreadable.add(bad)
  }
  return { items, unreadable: [...unreadable] }
}

/** The changes that make room for the present version beside those kept, when a new one takes its place. */
export const forgottenVersions = async (context: TenantContext, entry: Uuid): Promise<Change[]> => {
  const table = 'vault_entry_version'
  const ids = await context.beyond(table, entry, versionsKept - 2)
  return ids.map((id) => ({ op: 'delete', table, id }))
}

/** Errors: `not_found`. */
export const keptVersion = async (
  context: TenantContext,
  entry: Uuid,
  version: number,
): Promise<EntryContent> => {
  const [row] = await context.store.children('vault_entry_version', entry, { version, limit: 1 })
  if (!row) throw new ApiError('not_found')
  return openVersion(context.keys, entry, row)
}

/** The version, if `principal` has `right` in the folder it is in; else throws `not_found` or `forbidden`. */
export const permittedVersion = async <Version extends Pick<EntryContent, 'folder'>>(
  context: TenantContext,
  principal: Principal,
  version: Version,
  right: Right,
): Promise<Version> => {
  demand(rightsIn(await loadPermissions(context), principal, version.folder), right)
  return version
}
