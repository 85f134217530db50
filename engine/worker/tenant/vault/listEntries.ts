// GET vault/entries: metadata of what the caller may list, ordered by id. Names, folders and tags are sealed, so
// filters other than by folder open every row; who may list everything is paged by the database.
import { confirm } from '../../access/confirm.js'
import type { QueryOf } from '../../../task/contract.js'
import type { TenantContext } from '../../context/context.js'
import { type Call, operation } from '../../request/operation.js'
import { canonicalFolder, canonicalName, canonicalText } from '../../keys/canonical.js'
import { pageHeaders, pageOf } from '../../request/paging.js'
import { scan, scanIndexed } from '../../request/scan.js'
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
    const { entries, total } = await pageOfEntries(call, permissions)
    await confirm(context, epoch, event({ count: entries.length }))
    return {
      status: 200,
      headers: pageHeaders('/api/v1/vault/entries', query, total),
      body: entries.map(entryJson),
    }
  },
)

const pageOfEntries = async (
  { context, principal, query }: Call<'listEntries'>,
  permissions: PermissionSet,
): Promise<{ entries: Entry[]; total: number }> => {
  const { offset, limit } = pageOf(query)
  const state: RowState = query.deleted ? rowState.deleted : rowState.live
  const filter = filterOf(query)
  if (Object.keys(filter).length === 0 && rightsIn(permissions, principal, '/').has('list')) {
    const [rows, total] = await Promise.all([
      context.store.list('vault_entry', { state, offset, limit, secret: false }),
      context.store.count('vault_entry', state),
    ])
    return { entries: rows.map((row) => openEntry(context.keys, row)), total }
  }
  const visible: Entry[] = []
  for await (const row of candidates(context, filter, state)) {
    const entry = openEntry(context.keys, row)
    if (
      entry.state === state &&
      matches(entry, filter) &&
      rightsIn(permissions, principal, entry.folder).has('list')
    )
      visible.push(entry)
  }
  return { entries: visible.slice(offset, offset + limit), total: visible.length }
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
