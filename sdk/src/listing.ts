// A list that is read page by page while it is iterated. Holds one page at a time; each iteration starts anew.
import { nextIn } from './call/link.js'
import type { Reply } from './call/exchange.js'
import type { OperationName } from './contract.js'
import { UnexpectedAnswerError } from './errors.js'
import type { CallOptions } from './options.js'

/** Of every list. */
export interface ListOptions extends CallOptions {
  /** Rows asked for at once, at most 200. */
  readonly pageSize?: number | undefined
}

export const defaultPageSize = 100

/** What one request answered. */
export interface Page<T> {
  /** The rows, in the order of the list. */
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

/** Iterate it for its rows: `for await (const row of list)`. */
export interface Listing<T> extends AsyncIterable<T> {
  /** Its rows one by one; pages are fetched as they are needed. */
  [Symbol.asyncIterator](): AsyncIterator<T>
  /** Page by page, with what is known of the whole. */
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

const pageOf = <T>({ data: items, headers }: Reply<T[]>): Page<T> => ({
  items,
  total: totalOf(headers),
  unreadable: unreadableOf(headers),
})

/** Before the first of all ids. */
const beginning = '00000000-0000-0000-0000-000000000000'

// Behind a proxy that drops Link a page that is full says that there may be more.
const unlinkedNext = <T extends Identified>(items: readonly T[], places: number, size: number) => {
  if (places < size) return null
  // All of them were left out: where they ended only Link could tell. Where they began goes in a circle.
  return items.at(-1)?.id ?? beginning
}

const nextId = <T extends Identified>({ data, headers }: Reply<T[]>, size: number) => {
  const linked = nextIn(headers, 'after')
  if (linked !== null || headers.has('link')) return linked
  return unlinkedNext(data, data.length + unreadableOf(headers), size)
}

interface Identified {
  readonly id: string
}

/**
 * A list by `after` and `pageSize`, ordered by id: rows that come and go while it is iterated move no others from one
 * page to another.
 */
export const walkedListing = <T extends Identified>(
  operation: OperationName,
  pageSize: number,
  load: (after: string) => Promise<Reply<T[]>>,
): Listing<T> =>
  listingOf(async (position) => {
    const after = position ?? beginning
    const reply = await load(after)
    const next = nextId(reply, pageSize)
    // Anything but forward would go in a circle.
    if (next !== null && !(next > after)) throw new UnexpectedAnswerError(operation, 200)
    return { page: pageOf(reply), next }
  })

/** A list by `limit` and the opaque cursor `after`. */
export const cursorListing = <T>(
  operation: OperationName,
  load: (after: string | null) => Promise<Reply<T[]>>,
): Listing<T> =>
  listingOf(async (after) => {
    const reply = await load(after)
    const next = nextIn(reply.headers, 'after')
    if (next !== null && next === after) throw new UnexpectedAnswerError(operation, 200)
    return { page: { ...pageOf(reply), total: null }, next }
  })
