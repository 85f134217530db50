// GET vault/entries: metadata of what the caller may list, ordered by id. Names, folders and tags are sealed, so
// filters other than by folder open every row; who may list everything is paged by the database.
import { confirm } from '../../access/confirm.js'
import type { Uuid } from '../../../ids.js'
import type { QueryOf } from '../../../task/contract.js'
import type { TenantContext } from '../../context/context.js'
import { type Call, operation } from '../../request/operation.js'
import { canonicalFolder, canonicalName, canonicalText } from '../../keys/canonical.js'
import { type Page, pageHeaders, pageOf } from '../../request/paging.js'
import { listed, readable } from '../../request/readable.js'
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
    const { entries, unreadable, places, total } = await pageOfEntries(call, permissions)
    const detail = { count: entries.length }
    await confirm(context, epoch, event(...listed('listEntries', detail, unreadable)))
    return {
      status: 200,
      headers: pageHeaders('/api/v1/vault/entries', query, places, unreadable, total),
      body: entries.map(entryJson),
    }
  },
)

interface EntryPage {
  readonly entries: readonly Entry[]
  /** Of this page. */
  readonly unreadable: readonly Uuid[]
  /** Of all pages. */
  readonly places: number
  readonly total: number
}

const pageOfEntries = async (
  { context, principal, query }: Call<'listEntries'>,
  permissions: PermissionSet,
): Promise<EntryPage> => {
  const page = pageOf(query)
  const state: RowState = query.deleted ? rowState.deleted : rowState.live
  const filter = filterOf(query)
  if (Object.keys(filter).length === 0 && rightsIn(permissions, principal, '/').has('list')) {
    const [rows, places] = await Promise.all([
      context.store.list('vault_entry', { state, ...page, secret: false }),
      context.store.count('vault_entry', state),
    ])
    const { items, unreadable } = readable(rows, (row) => openEntry(context.keys, row))
    return { entries: items, unreadable, places, total: places - unreadable.length }
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
  return filteredPage(page, visible, unreadable)
}

/** Nobody knows where a row that does not open belongs: it is told on the page of the entry that follows it. */
interface Misplaced {
  readonly id: Uuid
  readonly place: number
}

const filteredPage = (
  { offset, limit }: Page,
  visible: readonly Entry[],
  unreadable: readonly Misplaced[],
): EntryPage => {
  const last = Math.max(0, visible.length - 1)
  const isHere = ({ place }: Misplaced): boolean => {
    const at = Math.min(place, last)
    return at >= offset && at < offset + limit
  }
  return {
    entries: visible.slice(offset, offset + limit),
    unreadable: unreadable.filter(isHere).map(({ id }) => id),
    places: visible.length,
    total: visible.length,
  }
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
