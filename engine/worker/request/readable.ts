// How a list goes on over rows that do not open (SPEC §7): they are left out, counted in `X-Unreadable-Count`, and the
// list's own event names them. A row that does not open is never an answer and grants nothing.
import type { Uuid } from '../../ids.js'
import type { Outcome } from '../audit/actions.js'
import { isIntegrity } from './refusal.js'

export interface Readable<T> {
  readonly items: T[]
  /** Ids of the rows that do not open, in their order. */
  readonly unreadable: Uuid[]
}

/** What each row says, in their order. Rejects only with what has nothing to do with a row that does not open. */
export const readable = <R extends { readonly id: Uuid }, T>(
  rows: readonly R[],
  open: (row: R) => T,
): Readable<T> => {
  const found: Readable<T> = { items: [], unreadable: [] }
  for (const row of rows)
    try {
      found.items.push(open(row))
    } catch (error) {
      if (!isIntegrity(error)) throw error
      found.unreadable.push(row.id)
    }
  return found
}

/** Ids that one event names; of more it says how many. */
const named = 50

/** Of the list's event: detail and outcome. One event a read, however many rows do not open. */
export const listed = (
  operation: string,
  detail: Readonly<Record<string, unknown>>,
  unreadable: readonly Uuid[] | number,
): readonly [Readonly<Record<string, unknown>>, undefined, Outcome] => {
  const [count, ids] =
    typeof unreadable === 'number' ? [unreadable, []] : [unreadable.length, unreadable]
  if (count === 0) return [detail, undefined, 'success']
  const failure = { code: 'integrity_failure', operation, unreadable: count }
  const names = ids.length === 0 ? {} : { unreadableIds: ids.slice(0, named) }
  return [{ ...detail, ...failure, ...names }, undefined, 'failure']
}

/** Absent where every row opened. */
export const unreadableHeader = (unreadable: readonly Uuid[] | number): Record<string, string> => {
  const count = typeof unreadable === 'number' ? unreadable : unreadable.length
  return count === 0 ? {} : { 'x-unreadable-count': String(count) }
}
