// Statements that read rows. Each has one text a table, so that it is prepared once a connection.
import { nilUuid, type Uuid } from '../../../ids.js'
import type {
  BeyondOptions,
  ChildrenOptions,
  IndexValue,
  IndexedOptions,
  ListOptions,
  Row,
  RowState,
  Table,
} from '../store.js'
import { indexNumber, tableNumber } from './names.js'
import { bytes, integers, maxBigint, minBigint, uuids } from './parameters.js'
import { rowColumns, rowColumnsWithoutSecret, toRow } from './rows.js'
import type { Parameter, Session, Statement } from './session.js'

/** A statement of one table, whose name is checked by looking up its number. */
const of = (table: Table, text: string, parameters: Statement['parameters']): Statement => {
  tableNumber(table)
  return { text, parameters }
}

export const byIds = (table: Table, ids: readonly Uuid[]): Statement =>
  of(table, `select ${rowColumns} from ${table} where id = any($1::uuid[])`, [uuids(ids)])

const givenValues = 'unnest($2::smallint[], $3::integer[], $4::bytea[]) as given (n, v, idx)'
const entryOfValue = `i.tbl = $1::smallint and i.idx_name = given.n
    and i.index_version = given.v and i.idx = given.idx`

// Two branches, because each index holds either the unique or the shared entries.
const entriesIn = (which: string): string =>
  `select i.row_id from ${givenValues} join row_index i on ${entryOfValue} and ${which}`

const valueParameters = (table: Table, values: readonly IndexValue[]): Parameter[] => [
  tableNumber(table),
  integers(values.map(({ index }) => indexNumber(index))),
  integers(values.map(({ indexVersion }) => indexVersion)),
  bytes(values.map(({ value }) => value)),
]

export const byIndex = (table: Table, values: readonly IndexValue[]): Statement =>
  of(
    table,
    `select ${rowColumns} from ${table}
     where id in (${entriesIn('i.is_unique')} union all ${entriesIn('not i.is_unique')})`,
    valueParameters(table, values),
  )

export const byIndexInPages = (
  table: Table,
  values: readonly IndexValue[],
  { after, limit }: IndexedOptions,
): Statement => {
  // A page of each value, in the index's own order: what is left of a long list is not read for every page.
  const beyond = (which: string): string => `(select i.row_id from row_index i
      where ${entryOfValue} and ${which} and i.row_id > $5::uuid
      order by i.row_id limit $6::bigint)`
  return of(
    table,
    `select ${rowColumnsWithoutSecret} from ${table}
     where id in (select next.row_id from ${givenValues} cross join lateral
       (${beyond('i.is_unique')} union all ${beyond('not i.is_unique')}) as next)
     order by id limit $6::bigint`,
    [...valueParameters(table, values), after ?? nilUuid, limit],
  )
}

export const byParent = (
  table: Table,
  parent: Uuid,
  { version, before, limit, secret = true }: ChildrenOptions,
): Statement =>
  of(
    table,
    `select ${secret ? rowColumns : rowColumnsWithoutSecret} from ${table}
     where parent = $1::uuid and version >= $2::bigint and version <= $3::bigint
       and version < $4::bigint
     order by version desc, id limit $5::bigint`,
    [parent, version ?? minBigint, version ?? maxBigint, before ?? maxBigint, limit],
  )

const beyond = (
  table: Table,
  parents: readonly Uuid[],
  { keep, limit }: BeyondOptions,
): Statement =>
  of(
    table,
    `select given.parent, child.id from unnest($1::uuid[]) as given (parent) cross join lateral
      (select id from ${table} where parent = given.parent
       order by version desc, id offset $2::bigint limit $3::bigint) as child`,
    [uuids(parents), keep, limit],
  )

export const readBeyond = async (
  session: Session,
  table: Table,
  parents: readonly Uuid[],
  options: BeyondOptions,
): Promise<Map<Uuid, Uuid[]>> => {
  const found = new Map<Uuid, Uuid[]>()
  for (const [parent, id] of await session.query(beyond(table, parents, options))) {
    const ids = found.get(parent as Uuid) ?? []
    found.set(parent as Uuid, ids)
    ids.push(id as Uuid)
  }
  return found
}

const byOffset = (offset: number, limit: number) => ({
  where: [],
  page: 'order by id offset $1::bigint limit $2::bigint',
  parameters: [offset, limit],
})

const byPlace = (after: Uuid, limit: number) => ({
  where: ['id > $1::uuid'],
  page: 'order by id limit $2::bigint',
  parameters: [after, limit],
})

const placed = (options: ListOptions) => {
  if ('offset' in options) return byOffset(options.offset, options.limit)
  const { after, limit } = options
  return after === null ? byOffset(0, limit) : byPlace(after, limit)
}

export const inPages = (table: Table, options: ListOptions): Statement => {
  const { state, secret } = options
  const { where, page, parameters } = placed(options)
  const conditions = [...where, ...(state === null ? [] : ['state = $3::smallint'])].join(' and ')
  return of(
    table,
    `select ${secret ? rowColumns : rowColumnsWithoutSecret} from ${table}
     ${conditions === '' ? '' : `where ${conditions}`} ${page}`,
    state === null ? parameters : [...parameters, state],
  )
}

const counted = (table: Table, state: RowState | null): Statement =>
  state === null
    ? of(table, `select count(*) from ${table}`, [])
    : of(table, `select count(*) from ${table} where state = $1::smallint`, [state])

export const readRows = async (session: Session, statement: Statement): Promise<Row[]> =>
  (await session.query(statement)).map(toRow)

export const countRows = async (
  session: Session,
  table: Table,
  state: RowState | null,
): Promise<number> => Number((await session.query(counted(table, state)))[0]?.[0])

const countedByParent = (table: Table, state: RowState, parent: Uuid | null): Statement => {
  const text = `select parent, count(*) from ${table}
    where state = $1::smallint and parent ${parent === null ? 'is not null' : '= $2::uuid'}
    group by parent`
  return of(table, text, parent === null ? [state] : [state, parent])
}

export const countRowsByParent = async (
  session: Session,
  table: Table,
  state: RowState,
  parent: Uuid | null,
): Promise<Map<Uuid, number>> => {
  const rows = await session.query(countedByParent(table, state, parent))
  return new Map(rows.map(([id, count]) => [id as Uuid, Number(count)]))
}
