// Pages of small lists (SPEC §7): `page` from 1, or `after` an id, for lists that change while they are walked;
// `pageSize`, `X-Total-Count` of what the caller may see, `Link` (RFC 8288) with relative addresses. A row that does not
// open keeps its place, so that no page hides the next.
import { type Uuid, nilUuid } from '../../ids.js'
import type { ListPlace } from '../store/store.js'
import { unreadableHeader } from './readable.js'

export interface PageQuery {
  readonly page?: number | undefined
  readonly pageSize?: number | undefined
  /** Then `page` says nothing. */
  readonly after?: Uuid | undefined
}

export type Page = ListPlace & { readonly limit: number }

/** What to ask for: after an id one row more than the page holds, which tells whether another page follows. */
export const pageOf = ({ page = 1, pageSize = 25, after }: PageQuery): Page =>
  after === undefined
    ? { offset: (page - 1) * pageSize, limit: pageSize }
    : { after, limit: pageSize + 1 }

export interface PageRows<R> {
  readonly rows: R[]
  /** After which id the next page begins, where pages are asked for by id and there is one. */
  readonly next: Uuid | null
}

/** The rows of the page, of those that pageOf() asked for. */
export const pageRows = <R extends { readonly id: Uuid }>(
  { pageSize = 25 }: PageQuery,
  found: readonly R[],
): PageRows<R> => {
  const rows = found.slice(0, pageSize)
  return { rows, next: found.length > pageSize ? (rows.at(-1)?.id ?? null) : null }
}

export interface Extent {
  /** Rows of all pages, those that do not open among them. */
  readonly places: number
  /** Of this page's rows those that do not open. */
  readonly unreadable?: readonly Uuid[]
  /** What the caller may see, as far as it is known. */
  readonly total?: number
  readonly next?: Uuid | null
}

type Query = PageQuery & Readonly<Record<string, unknown>>

/** A relation and the query that leads there. */
type PageLink = readonly [rel: string, query: Readonly<Record<string, unknown>>]

export const pageHeaders = (
  path: string,
  query: Query,
  { places, unreadable = [], total = places - unreadable.length, next = null }: Extent,
): Record<string, string> => {
  const links = query.after === undefined ? linksByPage(query, places) : linksById(query, next)
  const link = links.map(([rel, to]) => `<${path}?${queryText(to)}>; rel="${rel}"`).join(', ')
  return {
    'x-total-count': String(total),
    ...unreadableHeader(unreadable),
    ...(link === '' ? {} : { link }),
  }
}

const linksByPage = (query: Query, places: number): PageLink[] => {
  const { page = 1, pageSize = 25 } = query
  const last = Math.max(1, Math.ceil(places / pageSize))
  const links = [
    ['first', 1, page > 1],
    ['prev', Math.min(page - 1, last), page > 1],
    ['next', page + 1, page < last],
    ['last', last, page < last],
  ] as const
  return links
    .filter(([, , wanted]) => wanted)
    .map(([rel, to]) => [rel, { ...query, page: to, pageSize }])
}

/** The first is always there, so that who walks can tell the last page from a Link that a proxy has dropped. */
const linksById = ({ page: _page, ...query }: Query, next: Uuid | null): PageLink[] => [
  ['first', { ...query, after: nilUuid }],
  ...(next === null ? [] : [['next', { ...query, after: next }] as const]),
]

export const queryText = (query: Readonly<Record<string, unknown>>): string =>
  new URLSearchParams(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]): [string, string] => [name, String(value)]),
  ).toString()
