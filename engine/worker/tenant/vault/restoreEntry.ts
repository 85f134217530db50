// POST vault/entries/{entryId}/restore: undeletes; with `{version}` makes a new version of that content.
import { ApiError } from '../../../errors.js'
import { commitDecided } from '../../access/commit.js'
import { ifStale, requireMatch } from '../../access/if-match.js'
import type { TenantContext } from '../../context/context.js'
import { operation } from '../../request/operation.js'
import { type Row, rowState } from '../../store/store.js'
import {
  type EntryContent,
  entryJson,
  etagOf,
  openContent,
  openVersion,
  updateEntry,
} from '../../vault/entry.js'
import { demand, loadPermissions, rightsIn } from '../../access/permissions.js'
import { forgottenVersions } from '../../vault/versions.js'

export const restoreEntry = operation(
  'restoreEntry',
  {
    action: 'vault.entry.restore',
    target: ({ path }) => ({ type: 'vault-entry', id: path.entryId }),
  },
  async (call) => {
    const { context, principal, path, body, headers, event } = call
    const row = await context.load('vault_entry', path.entryId)
    if (!row) throw new ApiError('not_found')
    const present = openContent(context.keys, row)
    const permissions = await loadPermissions(context)
    demand(rightsIn(permissions, principal, present.folder), 'write')
    const wanted = body?.version ?? null
    if (wanted === null && row.state === rowState.live)
      throw new ApiError('conflict', 'The entry is not deleted.')
    const content = wanted === null ? present : await versionOf(context, row, wanted)
    if (!rightsIn(permissions, principal, content.folder).has('write'))
      throw new ApiError('forbidden')
    requireMatch(headers, etagOf(row.version))
    const changed = updateEntry(
      context.keys,
      row,
      content,
      rowState.live,
      context.services.clock.now(),
    )
    await commitDecided(call, {
      changes: [...changed.changes, ...(await forgottenVersions(context, row.id))],
      event: event({
        version: changed.entry.version,
        ...(wanted === null ? {} : { restored: wanted }),
      }),
      ...ifStale(headers),
    })
    return {
      status: 200,
      headers: { etag: etagOf(changed.entry.version) },
      body: entryJson(changed.entry),
    }
  },
)

const versionOf = async (
  context: TenantContext,
  row: Row,
  version: number,
): Promise<EntryContent> => {
  if (version === row.version) return openContent(context.keys, row)
  const [kept] = await context.store.children('vault_entry_version', row.id, { version, limit: 1 })
  if (!kept) throw new ApiError('not_found')
  return openVersion(context.keys, row.id, kept)
}
