// GET vault/entries/{entryId}/versions: metadata of the present version and, newest first, of those kept in folders that
// the caller may list.
import { confirm } from '../../access/confirm.js'
import { toUtc } from '../../../clock.js'
import { operation } from '../../request/operation.js'
import { listed, unreadableHeader } from '../../request/readable.js'
import type { EntryMetadata } from '../../vault/entry.js'
import { visibleEntry } from '../../vault/serve.js'
import { keptVersions } from '../../vault/versions.js'
import { loadPermissions, rightsIn } from '../../access/permissions.js'

export const listEntryVersions = operation(
  'listEntryVersions',
  {
    action: 'vault.entry.versions',
    target: ({ path }) => ({ type: 'vault-entry', id: path.entryId }),
  },
  async ({ context, principal, path, epoch, event }) => {
    const { entry } = await visibleEntry(context, principal, path.entryId, 'list')
    const [{ items, unreadable }, permissions] = await Promise.all([
      keptVersions(context, entry),
      loadPermissions(context),
    ])
    const kept = items
      .filter(({ content }) => rightsIn(permissions, principal, content.folder).has('list'))
      .map(({ row, content }) => versionJson(row, content))
    await confirm(context, epoch, event(...listed('listEntryVersions', {}, unreadable)), [entry])
    return {
      status: 200,
      headers: unreadableHeader(unreadable),
      body: [versionJson(entry, entry), ...kept],
    }
  },
)

const versionJson = (
  { version, updatedTime }: { readonly version: number; readonly updatedTime: number },
  { name, folder, type, tags }: EntryMetadata,
) => ({ version, createdUtc: toUtc(updatedTime), name, folder, type, tags: [...tags] })
