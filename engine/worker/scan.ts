// All rows of a table, in pages, for what only opened rows can tell: sealed texts cannot be searched by the database.
import type { Row, RowState, Store, Table } from './store/store.js'

const pageRows = 1_000

export async function* scan(
  store: Store,
  table: Table,
  options: { readonly state: RowState | null; readonly secret: boolean },
): AsyncGenerator<Row> {
  for (let offset = 0; ; offset += pageRows) {
    const rows = await store.list(table, { ...options, offset, limit: pageRows })
    yield* rows
    if (rows.length < pageRows) return
  }
}
