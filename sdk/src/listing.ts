// A list that is read page by page while it is iterated. Holds one page at a time; each iteration starts anew.
import { nextIn } from './call/link.js'
import type { Reply } from './call/exchange.js'
import type { OperationName } from './contract.js'
import { UnexpectedAnswerError } from './errors.js'
import type { CallOptions } from './options.js'

export interface ListOptions extends CallOptions {
  /** Rows asked for at once, at most 200. */
  readonly pageSize?: number | undefined
}

export const defaultPageSize = 100

export interface Page<T> {
  readonly items: readonly T[]
  /** How many there are on all pages, for the caller; null where the list is endless. */
  readonly total: number | null
  /** Rows of this page that the server left out because they do not open there; its audit log names them. */
  readonly unreadable: number
}

interface Step<T> {
  readonly page: Page<T>
  readonly next: string | null
}

export interface Listing<T> extends AsyncIterable<T> {
  pages(): AsyncIterable<Page<T>>
  /** All of it, in memory: for lists that are known to be short. */
  toArray(): Promise<T[]>
}

async function* pagesOf<T>(
  load: (position: string | null) => Promise<Step<T>>,
): AsyncGenerator<Page<T>> {
  let position: string | null = null
  do {
    const step: Step<T> = await load(position)
    yield step.page
    position = step.next
  } while (position !== null)
}

async function* itemsOf<T>(pages: AsyncIterable<Page<T>>): AsyncGenerator<T> {
  for await (const { items } of pages) yield* items
}

const listingOf = <T>(load: (position: string | null) => Promise<Step<T>>): Listing<T> => ({
  pages: () => pagesOf(load),
  [Symbol.asyncIterator]: () => itemsOf(pagesOf(load)),
  toArray: async () => {
    const all: T[] = []
    for await (const { items } of pagesOf(load)) all.push(...items)
    return all
  },
})

const countIn = (headers: Headers, name: string): number | null => {
  const text = headers.get(name) ?? ''
  return /^\d+$/.test(text) ? Number(text) : null
}

const totalOf = (headers: Headers): number | null => countIn(headers, 'x-total-count')
const unreadableOf = (headers: Headers): number => countIn(headers, 'x-unreadable-count') ?? 0

// Behind a proxy that drops Link the total says whether there is more.
const pageAfter = (headers: Headers, page: number, pageSize: number): number | null => {
  const linked = nextIn(headers, 'page')
  if (linked !== null) return Number(linked)
  // Rows that were left out have their places all the same.
  const places = (totalOf(headers) ?? 0) + unreadableOf(headers)
  const more = !headers.has('link') && page * pageSize < places
  return more ? page + 1 : null
}

/** A list by `page` and `pageSize`. */
export const pagedListing = <T>(
  operation: OperationName,
  pageSize: number,
  load: (page: number) => Promise<Reply<T[]>>,
): Listing<T> =>
  listingOf(async (position) => {
    const page = Number(position ?? 1)
    const { data: items, headers } = await load(page)
    const next = pageAfter(headers, page, pageSize)
    // Anything but forward would go in a circle.
    if (next !== null && !(next > page)) throw new UnexpectedAnswerError(operation, 200)
    return {
      page: { items, total: totalOf(headers), unreadable: unreadableOf(headers) },
      next: next === null ? null : String(next),
    }
  })

/** A list by `limit` and the opaque cursor `after`. */
export const cursorListing = <T>(
  operation: OperationName,
  load: (after: string | null) => Promise<Reply<T[]>>,
): Listing<T> =>
  listingOf(async (after) => {
    const { data: items, headers } = await load(after)
    const next = nextIn(headers, 'after')
    if (next !== null && next === after) throw new UnexpectedAnswerError(operation, 200)
    return { page: { items, total: null, unreadable: unreadableOf(headers) }, next }
  })
