// Which entries a principal may see. What is found may come from the cache: whoever serves it has it confirmed
// (access/confirm.ts); a refusal is decided on the row as it is now.
import { ApiError } from '../../errors.js'
import type { Uuid } from '../../ids.js'
import type { Principal } from '../access/principal.js'
import { IntegrityError } from '../cipher/record.js'
import type { TenantContext } from '../context/context.js'
import { type Row, rowState } from '../store/store.js'
import { type Entry, openEntry } from './entry.js'
import {
  type PermissionSet,
  type Right,
  demand,
  knownPermissions,
  loadPermissions,
  rightsIn,
} from '../access/permissions.js'

export interface Visible {
  readonly row: Row
  readonly entry: Entry
}

/** The live entry, if `principal` has `right` on it; else throws `not_found` or `forbidden`. */
export const visibleEntry = async (
  context: TenantContext,
  principal: Principal,
  id: Uuid,
  right: Right,
): Promise<Visible> => {
  const permissions = knownPermissions(context) ?? (await loadPermissions(context))
  // Preconditions are decided on the row as it is now.
  if (right === 'write') context.forgetEntry(id)
  try {
    const row = context.knownEntry(id) ?? (await context.entry(id))
    return permitted(context, permissions, principal, row, right)
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof IntegrityError)) throw error
    // Only what is served gets confirmed by the append; a refusal is decided on the row as it is now.
    context.forgetEntry(id)
    return permitted(context, permissions, principal, await context.load('vault_entry', id), right)
  }
}

export const permitted = (
  context: TenantContext,
  permissions: PermissionSet,
  principal: Principal,
  row: Row | null,
  right: Right,
): Visible => {
  if (!row) throw new ApiError('not_found')
  const entry = context.opened(row, openEntry)
  if (entry.state !== rowState.live) throw new ApiError('not_found')
  demand(rightsIn(permissions, principal, entry.folder), right)
  return { row, entry }
}
