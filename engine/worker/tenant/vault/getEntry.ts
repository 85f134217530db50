// GET vault/entries/{entryId}: metadata only.
import { confirm } from '../../access/confirm.js'
import { operation } from '../../request/operation.js'
import { entryJson, etagOf } from '../../vault/entry.js'
import { visibleEntry } from '../../vault/serve.js'

export const getEntry = operation(
  'getEntry',
  { action: 'vault.entry.read', target: ({ path }) => ({ type: 'vault-entry', id: path.entryId }) },
  async ({ context, principal, path, epoch, event }) => {
    const { entry } = await visibleEntry(context, principal, path.entryId, 'list')
    await confirm(context, epoch, event({ version: entry.version }), [entry])
    return { status: 200, headers: { etag: etagOf(entry.version) }, body: entryJson(entry) }
  },
)
