// PUT vault/entries/{entryId}: what the body gives replaces, and the version before is kept.
import { ApiError } from '../../../errors.js'
import { commitDecided } from '../../access/commit.js'
import { ifStale, requireMatch } from '../../access/if-match.js'
import { operation } from '../../request/operation.js'
import { rowState } from '../../store/store.js'
import {
  bareContent,
  contentOf,
  entryJson,
  etagOf,
  openContent,
  updateEntry as update,
} from '../../vault/entry.js'
import { loadPermissions, rightsIn } from '../../access/permissions.js'
import { visibleEntry } from '../../vault/serve.js'
import { forgottenVersions } from '../../vault/versions.js'

export const updateEntry = operation(
  'updateEntry',
  {
    action: 'vault.entry.update',
    target: ({ path }) => ({ type: 'vault-entry', id: path.entryId }),
  },
  async (call) => {
    const { context, principal, path, body, headers, event } = call
    // What is wrong by itself is told before anything is looked up (SPEC §7).
    contentOf(body, context.services.limits, bareContent)
    const { row, entry } = await visibleEntry(context, principal, path.entryId, 'write')
    const content = contentOf(body, context.services.limits, openContent(context.keys, row))
    const permissions = await loadPermissions(context)
    // Moving it needs the right at both ends, and whoever takes the secret along might read it there.
    const there = rightsIn(permissions, principal, content.folder)
    const takesSecret = content.folder !== entry.folder && body.fields === undefined
    const here = rightsIn(permissions, principal, entry.folder)
    if (!there.has('write') || (takesSecret && !here.has('read'))) throw new ApiError('forbidden')
    requireMatch(headers, etagOf(entry.version))
    const changed = update(context.keys, row, content, rowState.live, context.services.clock.now())
    await commitDecided(call, {
      changes: [...changed.changes, ...(await forgottenVersions(context, entry.id))],
      event: event({ version: changed.entry.version }),
      ...ifStale(headers),
    })
    return {
      status: 200,
      headers: { etag: etagOf(changed.entry.version) },
      body: entryJson(changed.entry),
    }
  },
)
