// `from` and `to` of a query, both included.
import type { Milliseconds } from '../../clock.js'
import { ApiError } from '../../errors.js'

export interface TimeRange {
  readonly from: Milliseconds
  readonly to: Milliseconds
}

export interface TimeQuery {
  /** ISO 8601, checked by the contract. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** `otherwise`: what is not given. */
export const timeRange = ({ from, to }: TimeQuery, otherwise: TimeRange): TimeRange => {
  const range = {
    from: from === undefined ? otherwise.from : Date.parse(from),
    to: to === undefined ? otherwise.to : Date.parse(to),
  }
  if (range.from <= range.to || from === undefined || to === undefined) return range
  throw new ApiError('validation_failed', undefined, [
    { pointer: '/query/from', message: 'must not be after to' },
  ])
}
