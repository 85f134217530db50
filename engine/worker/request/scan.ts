// All rows of a table, in pages, for what only opened rows can tell: sealed texts cannot be searched by the database.
import type { Uuid } from '../../ids.js'
import type { IndexValue, Row, RowState, Store, Table } from '../store/store.js'

/** Of one page: opening them takes a few milliseconds. */
const pageRows = 250

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

/** All rows that carry one of these values, ordered by id, without their second sealed column. */
export async function* scanIndexed(
  store: Store,
  table: Table,
  values: readonly IndexValue[],
): AsyncGenerator<Row> {
  for (let after: Uuid | null = null; ;) {
    const rows: Row[] = await store.listIndexed(table, values, { after, limit: pageRows })
    yield* rows
    if (rows.length < pageRows) return
    after = rows.at(-1)?.id ?? null
  }
}
