// What an answer may take before anybody knows what it does. Too little lets more answers be made at once than there is
// room for; too much keeps requests waiting that would have fitted.
import type { Item } from '../../task/item.js'

/** One secret, one object: half of the largest there is, many times what most are. */
const oneObject = 128 * 1024
/** One row of a list: names, folder and tags, or an audit event. */
const oneRow = 4 * 1024
/** Operations that answer by the batch, up to the limit of an answer. */
const batches: ReadonlySet<string> = new Set(['readSecrets'])

const rowsOf = ({ query }: Pick<Item, 'query'>): number =>
  Number(query['limit'] ?? query['pageSize'] ?? 0)

/** Bytes. `answerBytes`: the limit of one answer. */
export const expectedAnswer = (
  item: Pick<Item, 'operation' | 'query' | 'fault'>,
  answerBytes: number,
): number => {
  if (item.fault) return oneRow
  if (batches.has(item.operation)) return answerBytes
  return Math.min(answerBytes, Math.max(oneObject, rowsOf(item) * oneRow))
}
