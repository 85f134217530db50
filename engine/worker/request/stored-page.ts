// A page of a table whose rows the database can tell apart by itself, and how many rows there are in all.
import type { Row, Store, Table } from '../store/store.js'
import { type PageQuery, type PageRows, pageOf, pageRows } from './paging.js'
import type { ScanOptions } from './scan.js'

export interface StoredPage extends PageRows<Row> {
  /** Rows of all pages. */
  readonly places: number
}

export const storedPage = async (
  store: Store,
  table: Table,
  options: ScanOptions,
  query: PageQuery,
): Promise<StoredPage> => {
  const [rows, places] = await Promise.all([
    store.list(table, { ...options, ...pageOf(query) }),
    store.count(table, options.state),
  ])
  return { ...pageRows(query, rows), places }
}
