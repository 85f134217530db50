// DELETE vault/entries/{entryId}: soft; the name is free again, `restore` undoes it.
import { commitDecided } from '../../access/commit.js'
import { ifStale, requireMatch } from '../../access/if-match.js'
import { operation } from '../../request/operation.js'
import { rowState } from '../../store/store.js'
import { etagOf, openContent, updateEntry } from '../../vault/entry.js'
import { visibleEntry } from '../../vault/serve.js'
import { forgottenVersions } from '../../vault/versions.js'

export const deleteEntry = operation(
  'deleteEntry',
  {
    action: 'vault.entry.delete',
    target: ({ path }) => ({ type: 'vault-entry', id: path.entryId }),
  },
  async (call) => {
    const { context, principal, path, headers, event } = call
    const { row, entry } = await visibleEntry(context, principal, path.entryId, 'write')
    requireMatch(headers, etagOf(entry.version))
    const time = context.services.clock.now()
    const { changes } = updateEntry(
      context.keys,
      row,
      openContent(context.keys, row),
      rowState.deleted,
      time,
    )
    await commitDecided(call, {
      changes: [...changes, ...(await forgottenVersions(context, entry.id))],
      event: event({ version: entry.version + 1 }),
      ...ifStale(headers),
    })
    return { status: 204 }
  },
)
