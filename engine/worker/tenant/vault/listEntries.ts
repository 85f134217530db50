// GET vault/entries: metadata of what the caller may list, ordered by id. Names, folders and tags are sealed, so
// filters other than by folder open every row; who may list everything is paged by the database.
import { confirm } from '../../access/confirm.js'
import type { QueryOf } from '../../../task/contract.js'
import type { TenantContext } from '../../context/context.js'
import { type Call, operation } from '../../request/operation.js'
import { canonicalFolder, canonicalName, canonicalText } from '../../keys/canonical.js'
import { type Misplaced, filteredPage } from '../../request/filtered-page.js'
import { type Extent, pageHeaders } from '../../request/paging.js'
import { listed, readable } from '../../request/readable.js'
import { scan, scanIndexed } from '../../request/scan.js'
import { storedPage } from '../../request/stored-page.js'
import { type Row, type RowState, rowState } from '../../store/store.js'
import { type Entry, canonical, entryJson, openEntry } from '../../vault/entry.js'
import { type PermissionSet, loadPermissions, rightsIn } from '../../access/permissions.js'

type Filter = Pick<QueryOf<'listEntries'>, 'folder' | 'name' | 'tag'>

/** In canonical form, as what is stored is (FORMATS §3). Errors: `validation_failed` for what nothing can be called. */
const filterOf = ({ folder, name, tag }: Filter): Filter => ({
  ...(folder === undefined
    ? {}
    : { folder: canonical('/query/folder', () => canonicalFolder(folder)) }),
  ...(name === undefined ? {} : { name: canonical('/query/name', () => canonicalName(name)) }),
  ...(tag === undefined ? {} : { tag: canonical('/query/tag', () => canonicalText(tag)) }),
})

export const listEntries = operation(
  'listEntries',
  { action: 'vault.entry.list' },
  async (call) => {
    const { context, query, epoch, event } = call
    const permissions = await loadPermissions(context)
    const { entries, ...extent } = await pageOfEntries(call, permissions)
    const detail = { count: entries.length }
    await confirm(context, epoch, event(...listed('listEntries', detail, extent.unreadable)))
    return {
      status: 200,
      headers: pageHeaders('/api/v1/vault/entries', query, extent),
      body: entries.map(entryJson),
    }
  },
)

interface EntryPage extends Required<Extent> {
  readonly entries: readonly Entry[]
}

const pageOfEntries = async (
  { context, principal, query }: Call<'listEntries'>,
  permissions: PermissionSet,
): Promise<EntryPage> => {
  const state: RowState = query.deleted ? rowState.deleted : rowState.live
  const filter = filterOf(query)
  if (Object.keys(filter).length === 0 && rightsIn(permissions, principal, '/').has('list')) {
    const options = { state, secret: false }
    const { rows, places, next } = await storedPage(context.store, 'vault_entry', options, query)
    const { items, unreadable } = readable(rows, (row) => openEntry(context.keys, row))
    return { entries: items, unreadable, places, total: places - unreadable.length, next }
  }
  const visible: Entry[] = []
  const unreadable: Misplaced[] = []
  for await (const row of candidates(context, filter, state)) {
    const { items, unreadable: bad } = readable([row], (one) => openEntry(context.keys, one))
    for (const id of bad) unreadable.push({ id, place: visible.length })
    for (const entry of items)
      if (
        entry.state === state &&
        matches(entry, filter) &&
        rightsIn(permissions, principal, entry.folder).has('list')
      )
        visible.push(entry)
  }
  const { rows, ...extent } = filteredPage(query, visible, unreadable)
  return { entries: rows, ...extent }
}

// Deleted entries carry no index, so that their names are free: they are found by opening them.
async function* candidates(
  context: TenantContext,
  { folder }: Filter,
  state: RowState,
): AsyncGenerator<Row> {
  if (folder === undefined || state === rowState.deleted)
    return yield* scan(context.store, 'vault_entry', { state, secret: false })
  yield* scanIndexed(context.store, 'vault_entry', context.keys.index('entryFolder', [folder]))
}

const matches = (entry: Entry, { folder, name, tag }: Filter): boolean =>
  (folder === undefined || entry.folder === folder) &&
  (name === undefined || entry.name === name) &&
  (tag === undefined || entry.tags.includes(tag))
