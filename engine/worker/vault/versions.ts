// Versions of an entry: the newest twenty are kept (SPEC §7), the present one among them.
import type { Uuid } from '../../ids.js'
import type { TenantContext } from '../context/context.js'
import type { Change } from '../store/store.js'
import { versionsKept } from './entry.js'

/** The changes that make room for the present version beside those kept, when a new one takes its place. */
export const forgottenVersions = async (context: TenantContext, entry: Uuid): Promise<Change[]> => {
  const rows = await context.store.children('vault_entry_version', entry, {
    limit: versionsKept + 10,
    secret: false,
  })
  return rows
    .slice(versionsKept - 2)
    .map(({ id }) => ({ op: 'delete', table: 'vault_entry_version', id }))
}
