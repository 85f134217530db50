// POST vault/entries.
import { commitDecided } from '../../access/commit.js'
import { operation } from '../../request/operation.js'
import { contentOf, entryJson, etagOf, insertEntry } from '../../vault/entry.js'
import { loadPermissions, rightsIn } from '../../access/permissions.js'
import { ApiError } from '../../../errors.js'

export const createEntry = operation(
  'createEntry',
  { action: 'vault.entry.create' },
  async (call) => {
    const { context, principal, body, event } = call
    const content = contentOf(body, context.services.limits, body)
    const rights = rightsIn(await loadPermissions(context), principal, content.folder)
    // A folder is not a thing of its own: there is nothing to hide behind a 404 here.
    if (!rights.has('write')) throw new ApiError('forbidden')
    const { entry, change } = insertEntry(context.keys, content, context.services.clock.now())
    const target = { type: 'vault-entry' as const, id: entry.id }
    await commitDecided(call, { changes: [change], event: event({ version: 1 }, target) })
    return {
      status: 201,
      headers: { etag: etagOf(1), location: `/api/v1/vault/entries/${entry.id}` },
      body: entryJson(entry),
    }
  },
)
