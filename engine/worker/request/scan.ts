// All rows of a table, in pages, for what only opened rows can tell: sealed texts cannot be searched by the database.
// By id, because rows that go meanwhile would move others past an offset.
import type { Uuid } from '../../ids.js'
import type { IndexValue, Row, RowState, Store, Table } from '../store/store.js'

/** Of one page: opening them takes a few milliseconds. */
const pageRows = 250

export interface ScanOptions {
  readonly state: RowState | null
  readonly secret: boolean
}

export async function* scan(store: Store, table: Table, options: ScanOptions): AsyncGenerator<Row> {
  for (let after: Uuid | null = null; ;) {
    const rows: Row[] = await store.list(table, { ...options, after, limit: pageRows })
    yield* rows
    if (rows.length < pageRows) return
    after = rows.at(-1)?.id ?? null
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
