// Rows of the tables that all have the same shape: their columns, both ways.
import type { Row } from '../store.js'
import { bytes, integers, uuids } from './parameters.js'
import type { Cell, Parameter } from './session.js'

const columnsBut = (secret: string): string =>
  `id, parent, version, state, created_time, updated_time, expires_time, doc, ${secret}`

export const rowColumns = columnsBut('secret')
/** The same columns, without fetching the second sealed one. */
export const rowColumnsWithoutSecret = columnsBut('null::bytea')

const rowArrays = `$1::uuid[], $2::uuid[], $3::bigint[], $4::smallint[], $5::bigint[],
  $6::bigint[], $7::bigint[], $8::bytea[], $9::bytea[]`

/** A set of rows, from parameters $1…$9. */
export const givenRows = `unnest(${rowArrays}) as given (${rowColumns})`

/** The same, each with the number of the item that it is of, $10, and another number, $11. */
export const givenItemRows = `unnest(${rowArrays}, $10::integer[], $11::bigint[])
  as given (${rowColumns}, item, expected)`

export const rowParameters = (rows: readonly Row[]): Parameter[] => [
  uuids(rows.map(({ id }) => id)),
  uuids(rows.map(({ parent }) => parent)),
  integers(rows.map(({ version }) => version)),
  integers(rows.map(({ state }) => state)),
  integers(rows.map(({ createdTime }) => createdTime)),
  integers(rows.map(({ updatedTime }) => updatedTime)),
  integers(rows.map(({ expiresTime }) => expiresTime)),
  bytes(rows.map(({ doc }) => doc)),
  bytes(rows.map(({ secret }) => secret)),
]

/** NaN for NULL, which our columns never hold: no number stands for it. */
const numberOf = (cell: Cell | undefined): number => (cell === null ? NaN : Number(cell))

export const toRow = (cells: Cell[]): Row => {
  const [id, parent, version, state, created, updated, expires, doc, secret] = cells
  return {
    id: id as string,
    parent: parent as string | null,
    version: numberOf(version),
    state: state as number,
    createdTime: numberOf(created),
    updatedTime: numberOf(updated),
    expiresTime: expires === null ? null : Number(expires),
    // Nothing is nothing that opens.
    doc: (doc as Buffer | null) ?? Buffer.alloc(0),
    secret: secret as Buffer | null,
  }
}
