// A page of rows that only opening could tell apart: all that the caller may see are there, ordered by id.
import type { Uuid } from '../../ids.js'
import { type Extent, type PageQuery, pageRows } from './paging.js'

/** Nobody knows whether a row that does not open belongs here: it is told on the page where its id stands. */
export interface Misplaced {
  readonly id: Uuid
  /** How many visible rows come before it. */
  readonly place: number
}

export interface FilteredPage<R> extends Required<Extent> {
  readonly rows: R[]
}

type Cut<R> = Pick<FilteredPage<R>, 'rows' | 'next'> & {
  readonly isHere: (row: Misplaced) => boolean
}

export const filteredPage = <R extends { readonly id: Uuid }>(
  query: PageQuery,
  visible: readonly R[],
  unreadable: readonly Misplaced[],
): FilteredPage<R> => {
  const { after } = query
  const { rows, next, isHere } =
    after === undefined ? cutByPlace(query, visible) : cutById(after, query, visible)
  const ids = unreadable.filter(isHere).map(({ id }) => id)
  return { rows, next, unreadable: ids, places: visible.length, total: visible.length }
}

const cutByPlace = <R>({ page = 1, pageSize = 25 }: PageQuery, visible: readonly R[]): Cut<R> => {
  const offset = (page - 1) * pageSize
  const last = Math.max(0, visible.length - 1)
  const isHere = ({ place }: Misplaced): boolean => {
    const at = Math.min(place, last)
    return at >= offset && at < offset + pageSize
  }
  return { rows: visible.slice(offset, offset + pageSize), next: null, isHere }
}

const cutById = <R extends { readonly id: Uuid }>(
  after: Uuid,
  query: PageQuery,
  visible: readonly R[],
): Cut<R> => {
  const behind = visible.filter(({ id }) => id > after)
  const { rows, next } = pageRows(query, behind)
  return { rows, next, isHere: ({ id }) => id > after && (next === null || id <= next) }
}
