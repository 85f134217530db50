// Pages of small lists (SPEC §7): `page` from 1, `pageSize`, `X-Total-Count` of what the caller may see, `Link`
// (RFC 8288) with relative addresses. A row that does not open keeps its place, so that no page hides the next.
import type { Uuid } from '../../ids.js'
import { unreadableHeader } from './readable.js'

export interface PageQuery {
  readonly page?: number | undefined
  readonly pageSize?: number | undefined
}

export interface Page {
  readonly offset: number
  readonly limit: number
}

export const pageOf = ({ page = 1, pageSize = 25 }: PageQuery): Page => ({
  offset: (page - 1) * pageSize,
  limit: pageSize,
})

/**
 * `places`: rows of all pages, those that do not open among them. `unreadable`: of this page's rows those; `total`: what
 * the caller may see, as far as it is known.
 */
export const pageHeaders = (
  path: string,
  query: PageQuery & Readonly<Record<string, unknown>>,
  places: number,
  unreadable: readonly Uuid[] = [],
  total = places - unreadable.length,
): Record<string, string> => {
  const { page = 1, pageSize = 25 } = query
  const last = Math.max(1, Math.ceil(places / pageSize))
  const links = [
    ['first', 1, page > 1],
    ['prev', Math.min(page - 1, last), page > 1],
    ['next', page + 1, page < last],
    ['last', last, page < last],
  ] as const
  const link = links
    .filter(([, , wanted]) => wanted)
    .map(([rel, to]) => `<${path}?${queryText({ ...query, page: to, pageSize })}>; rel="${rel}"`)
    .join(', ')
  return {
    'x-total-count': String(total),
    ...unreadableHeader(unreadable),
    ...(link === '' ? {} : { link }),
  }
}

export const queryText = (query: Readonly<Record<string, unknown>>): string =>
  new URLSearchParams(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]): [string, string] => [name, String(value)]),
  ).toString()
