// A secret's path: folder and name in one text, as in `/prod/db/root`.
import { ApiError } from '../../errors.js'
import type { TenantContext } from '../context/context.js'
import { canonicalFolder, canonicalName } from '../keys/canonical.js'
import { IntegrityError } from '../cipher/record.js'
import { readable } from '../request/readable.js'
import { type Row, rowState } from '../store/store.js'
import { canonical, openEntry } from './entry.js'

export interface EntryPath {
  readonly folder: string
  readonly name: string
}

/** Throws `validation_failed` for what no entry could be called. */
export const parsePath = (path: string, pointer: string): EntryPath => {
  const cut = path.lastIndexOf('/')
  return {
    folder: canonical(pointer, () => canonicalFolder(folderText(path, cut))),
    name: canonical(pointer, () => canonicalName(path.slice(cut + 1))),
  }
}

/** Equal for two spellings of one path; what no entry could be called stays as it is. */
export const pathForm = (path: string): string => {
  try {
    const { folder, name } = parsePath(path, '')
    return folder === '/' ? `/${name}` : `${folder}/${name}`
  } catch (error) {
    if (error instanceof ApiError) return path
    throw error
  }
}

// One entry, one spelling: `//root` and `root` are not `/root`.
const folderText = (path: string, cut: number): string => {
  if (cut === 0) return '/'
  return path.startsWith('//') ? '//' : path.slice(0, cut)
}

/** The live entry at a path. Throws `not_found`, or an IntegrityError when it may be one that does not open. */
export const findEntry = async (
  context: TenantContext,
  { folder, name }: EntryPath,
): Promise<Row> => {
  const rows = await context.store.find(
    'vault_entry',
    context.keys.index('entryPath', [folder, name]),
  )
  const { items, unreadable } = readable(rows, (row) => ({
    row,
    entry: openEntry(context.keys, row),
  }))
  // The index column is not sealed: what it leads to must be called that.
  const found = items.find(
    ({ entry }) => entry.state === rowState.live && entry.folder === folder && entry.name === name,
  )
  if (found) return found.row
  throw unreadable.length > 0 ? new IntegrityError() : new ApiError('not_found')
}
