// GET vault/entries: metadata of what the caller may list, ordered by id. Names, folders and tags are sealed, so
// filters other than folder and name open every row; who may list everything is paged by the database.
import { confirm } from '../access/confirm.js'
import type { QueryOf } from '../../task/contract.js'
import type { TenantContext } from '../context.js'
import { type Call, operation } from '../operation.js'
import { pageHeaders, pageOf } from '../paging.js'
import { scan } from '../scan.js'
import { type Row, type RowState, rowState } from '../store/store.js'
import { type Entry, entryJson, openEntry } from '../vault/entry.js'
import { type PermissionSet, loadPermissions, rightsIn } from '../vault/permissions.js'

type Query = QueryOf<'listEntries'>

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
  const unfiltered =
    query.folder === undefined && query.name === undefined && query.tag === undefined
  if (unfiltered && rightsIn(permissions, principal, '/').has('list')) {
    const [rows, total] = await Promise.all([
      context.store.list('vault_entry', { state, offset, limit, secret: false }),
      context.store.count('vault_entry', state),
    ])
    return { entries: rows.map((row) => openEntry(context.keys, row)), total }
  }
  const visible: Entry[] = []
  for await (const row of candidates(context, query, state)) {
    const entry = openEntry(context.keys, row)
    if (matches(entry, query) && rightsIn(permissions, principal, entry.folder).has('list'))
      visible.push(entry)
  }
  return { entries: visible.slice(offset, offset + limit), total: visible.length }
}

// Deleted entries carry no index, so that their names are free: they are found by opening them.
async function* candidates(
  context: TenantContext,
  query: Query,
  state: RowState,
): AsyncGenerator<Row> {
  if (query.folder === undefined || state === rowState.deleted)
    return yield* scan(context.store, 'vault_entry', { state, secret: false })
  const found = await context.store.find(
    'vault_entry',
    context.keys.index('entryFolder', [query.folder]),
  )
  yield* found.filter((row) => row.state === state).sort((a, b) => (a.id < b.id ? -1 : 1))
}

const matches = (entry: Entry, { folder, name, tag }: Query): boolean =>
  (folder === undefined || entry.folder === folder) &&
  (name === undefined || entry.name === name) &&
  (tag === undefined || entry.tags.includes(tag))
