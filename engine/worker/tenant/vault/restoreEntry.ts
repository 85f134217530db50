// POST vault/entries/{entryId}/restore: undeletes; with `{version}` makes a new version of that content.
import { ApiError } from '../../../errors.js'
import { commitDecided } from '../../access/commit.js'
import { ifStale, requireMatch } from '../../access/if-match.js'
import { operation } from '../../request/operation.js'
import { rowState } from '../../store/store.js'
import { entryJson, etagOf, openContent, updateEntry } from '../../vault/entry.js'
import { demand, loadPermissions, rightsIn } from '../../access/permissions.js'
import { forgottenVersions, keptVersion, permittedVersion } from '../../vault/versions.js'

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
    const content =
      wanted === null || wanted === row.version
        ? present
        : await keptVersion(context, row.id, wanted)
    // It goes back to the folder it was in: that needs the right at both ends.
    await permittedVersion(context, principal, content, 'write')
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
