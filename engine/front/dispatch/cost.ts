// What a request is going to cost its shard, estimated before anybody works on it: for taking turns between tenants, and
// for nothing else. In microseconds of the worker's thread, roughly.
import type { Operation } from '../../task/contract.js'
import type { Item } from '../../task/item.js'

/** Parsing, checking and sealing what was sent: 10 ms a MiB. */
const bytesPerMicrosecond = 100

type Query = Item['query']

const numberOf = (value: Query[string] | undefined): number =>
  typeof value === 'number' ? value : 0

/** `tokens`: of the body. Each may name a row, as each place of a page may be one. */
export const costOf = (
  { cost }: Operation,
  query: Query,
  bytes: number,
  tokens: number,
): number => {
  const rows = tokens + numberOf(query['pageSize']) + numberOf(query['limit'])
  return cost.base + bytes / bytesPerMicrosecond + rows * cost.row
}

/** Of what is refused before it begins. */
export const refusalCost = 100
