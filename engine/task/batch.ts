// How requests cross the thread: as one flat array of cells, a few a request, because cloning objects costs five times as
// much. What a token says crosses once and is a number from then on; what few requests have is an object of its own.
import type { AccessClaims, Item } from './item.js'
import type { TenantId } from '../ids.js'
import { operations } from './contract.js'

/** What differs from the usual request; most have nothing of it. */
type Rest = Partial<Pick<Item, 'attempted' | 'path' | 'query' | 'headers' | 'body' | 'fault'>>

/** A number of claims; before authentication the tenant that was named, or null. */
type Who = number | TenantId | null

type Cell = number | string | null | Rest

/** `n`, operation, who, request id, client's address, the one parameter of its path, rest. */
const cellsOfItem = 7

export interface Batch {
  readonly cells: readonly Cell[]
  /** Those that the thread is told of for the first time: their numbers, and what they are. */
  readonly claims: readonly (readonly [number: number, claims: AccessClaims])[]
  /** Claims of lower numbers are named no more. */
  readonly from: number
}

const none = Object.freeze({})

const isEmpty = (record: object): boolean => {
  for (const _ in record) return false
  return true
}

/** Names of the parameter of paths that have one. */
const parameterOf = new Map(
  [...operations.values()].flatMap(({ operationId, parameters }) => {
    const [name, ...more] = parameters.filter((one) => one.in === 'path').map((one) => one.name)
    return name === undefined || more.length > 0 ? [] : [[operationId as string, name] as const]
  }),
)

/** Null: there is none, or it is not all that there is. */
const parameterIn = ({ operation, path }: Omit<Item, 'n'>): string | null => {
  const name = parameterOf.get(operation)
  return name === undefined ? null : (path[name] ?? null)
}

const restOf = (item: Omit<Item, 'n'>, parameter: string | null): Rest | null => {
  const { attempted, path, query, headers, body, fault } = item
  const rest: { -readonly [Name in keyof Rest]: Rest[Name] } = {}
  if (attempted !== undefined) rest.attempted = attempted
  if (parameter === null && !isEmpty(path)) rest.path = path
  if (!isEmpty(query)) rest.query = query
  if (!isEmpty(headers)) rest.headers = headers
  if (body !== null) rest.body = body
  if (fault !== null) rest.fault = fault
  return isEmpty(rest) ? null : rest
}

/** Claims that a thread remembers at most; then all are told of anew. */
const claimsKept = 8_192

/** The front's side, of one thread. Numbers are never used twice: they may be unknown there, never another's. */
export class BatchPacker {
  readonly #numbers = new Map<AccessClaims, number>()
  #next = 1
  #from = 1

  constructor(private readonly max = claimsKept) {}

  /** Batches must be unpacked in the order in which they were packed. */
  pack(items: readonly Item[]): Batch {
    if (this.#numbers.size >= this.max) this.#forget()
    const cells: Cell[] = []
    const claims: [number, AccessClaims][] = []
    for (const item of items) this.#add(item, cells, claims)
    return { cells, claims, from: this.#from }
  }

  #add(item: Item, cells: Cell[], fresh: [number, AccessClaims][]): void {
    const { n, operation, requestId, clientAddress } = item
    const parameter = parameterIn(item)
    const who = item.claims === null ? item.tenant : this.#numberOf(item.claims, fresh)
    cells.push(n, operation, who, requestId, clientAddress, parameter, restOf(item, parameter))
  }

  // The front has one object for all requests of a token.
  #numberOf(claims: AccessClaims, fresh: [number, AccessClaims][]): number {
    const known = this.#numbers.get(claims)
    if (known !== undefined) return known
    const number = this.#next++
    this.#numbers.set(claims, number)
    fresh.push([number, claims])
    return number
  }

  #forget(): void {
    this.#numbers.clear()
    this.#from = this.#next
  }
}

/** The thread's side. */
export class BatchUnpacker {
  readonly #claims = new Map<number, AccessClaims>()
  #from = 1

  /** Throws a RangeError for what no packer packs. */
  unpack({ cells, claims, from }: Batch): Item[] {
    if (cells.length % cellsOfItem !== 0) throw new RangeError('a batch that is cut short')
    this.#forgetBelow(from)
    for (const [number, told] of claims) this.#claims.set(number, told)
    const items: Item[] = []
    for (let at = 0; at < cells.length; at += cellsOfItem) items.push(this.#itemAt(cells, at))
    return items
  }

  #itemAt(cells: readonly Cell[], at: number): Item {
    const operation = cells[at + 1] as string
    const who = cells[at + 2] as Who
    const parameter = cells[at + 5] as string | null
    const rest = (cells[at + 6] ?? none) as Rest
    const claims = typeof who === 'number' ? this.#known(who) : null
    const item: Item = {
      n: cells[at] as number,
      operation,
      claims,
      tenant: claims ? claims.tid : (who as TenantId | null),
      path: parameter === null ? (rest.path ?? none) : { [nameOf(operation)]: parameter },
      query: rest.query ?? none,
      headers: rest.headers ?? none,
      body: rest.body ?? null,
      fault: rest.fault ?? null,
      requestId: cells[at + 3] as string,
      clientAddress: cells[at + 4] as string,
    }
    return rest.attempted === undefined ? item : { ...item, attempted: rest.attempted }
  }

  #known(number: number): AccessClaims {
    const claims = this.#claims.get(number)
    if (!claims) throw new RangeError('claims that this thread was not told of')
    return claims
  }

  #forgetBelow(from: number): void {
    if (from <= this.#from) return
    this.#from = from
    for (const number of this.#claims.keys()) if (number < from) this.#claims.delete(number)
  }
}

const nameOf = (operation: string): string => {
  const name = parameterOf.get(operation)
  if (name === undefined) throw new RangeError('a parameter of a path that has none')
  return name
}
