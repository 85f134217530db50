// GET vault/entries/{entryId}/versions: metadata of the present version and of those kept, newest first.
import { confirm } from '../../access/confirm.js'
import { toUtc } from '../../../clock.js'
import { operation } from '../../request/operation.js'
import { type EntryMetadata, openVersion, versionsKept } from '../../vault/entry.js'
import { visibleEntry } from '../../vault/serve.js'

export const listEntryVersions = operation(
  'listEntryVersions',
  {
    action: 'vault.entry.versions',
    target: ({ path }) => ({ type: 'vault-entry', id: path.entryId }),
  },
  async ({ context, principal, path, epoch, event }) => {
    const { entry } = await visibleEntry(context, principal, path.entryId, 'list')
    const rows = await context.store.children('vault_entry_version', entry.id, {
      limit: versionsKept - 1,
    })
    const kept = rows.map((row) => versionJson(row, openVersion(context.keys, entry.id, row)))
    await confirm(context, epoch, event(), [entry])
    return { status: 200, body: [versionJson(entry, entry), ...kept] }
  },
)

const versionJson = (
  { version, updatedTime }: { readonly version: number; readonly updatedTime: number },
  { name, folder, type, tags }: EntryMetadata,
) => ({ version, createdUtc: toUtc(updatedTime), name, folder, type, tags: [...tags] })
