// Which blocks to open for a list of events, newest first. Where heads can tell, by filter or time, that there is nothing
// in most of them, only heads are read, thousands of them for one block that may hold something; else it is every block.
import { latestTime } from '../../clock.js'
import type { Keyring } from '../keys/keyring.js'
import type { AuditBlock, AuditHead, AuditPosition, Store } from '../store/store.js'
import { endOfHour } from './block.js'
import { askedOf, type EventFilter } from './event-filter.js'
import { wantedBlocks } from './wanted.js'

/** Opened at once: at most 16 MiB. */
const blocksAtOnce = 64
/** In the end, at most 3 MiB, which take a thread eight milliseconds; a few first, which may do. */
const headsAtOnce = { first: 64, most: 1_024 }
/** Of one request: less than a second. */
const headsAtMost = 65_536

/** Behind all others. */
export const lastChain = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** What a search found in one go. */
export interface Found {
  /** Those that may hold what is looked for. */
  readonly blocks: readonly AuditBlock[]
  /** Everything that is newer was looked at, once these blocks are. */
  readonly until: AuditPosition | null
  /** There is nothing older. */
  readonly isEnd: boolean
}

export interface SearchParts {
  readonly store: Pick<Store, 'auditPage' | 'auditHeads' | 'auditBlocks'>
  readonly keys: Keyring
  readonly giveWay: () => Promise<void>
}

/** Ends by itself where the log does, or where one request has looked at enough. */
export const search = (
  parts: SearchParts,
  before: AuditPosition | null,
  filter: EventFilter,
  limit: number,
): AsyncGenerator<Found, void> => {
  const from = startOf(before, filter)
  return isToldByHeads(filter)
    ? likelyBlocks(parts, from, filter)
    : everyBlock(parts, from, filter, limit)
}

/** Where it begins the position says; only where it ends within an hour heads say more. */
const isToldByHeads = (filter: EventFilter): boolean =>
  askedOf(filter).length > 0 || filter.to < latestTime

/** A block is of one hour: no block that begins after the hour of the last moment holds it. */
const startOf = (before: AuditPosition | null, { to }: EventFilter): AuditPosition | null => {
  if (to >= latestTime) return before
  const time = endOfHour(to)
  if (before !== null && before.time <= time) return before
  return { time, chain: lastChain, seq: Number.MAX_SAFE_INTEGER }
}

async function* everyBlock(
  { store }: SearchParts,
  before: AuditPosition | null,
  filter: EventFilter,
  limit: number,
): AsyncGenerator<Found, void> {
  const atOnce = Math.min(limit, blocksAtOnce)
  for (let until = before; ;) {
    const blocks = await store.auditPage(until, atOnce)
    until = lastOf(blocks) ?? until
    const isEnd = blocks.length < atOnce || isBefore(until, filter)
    yield { blocks, until, isEnd }
    if (isEnd) return
  }
}

async function* likelyBlocks(
  { store, keys, giveWay }: SearchParts,
  before: AuditPosition | null,
  filter: EventFilter,
): AsyncGenerator<Found, void> {
  const isWanted = wantedBlocks(keys, filter)
  let [until, atOnce] = [before, headsAtOnce.first]
  for (let left = headsAtMost; left > 0; left -= atOnce, atOnce = more(atOnce)) {
    const heads = await store.auditHeads(until, atOnce)
    const likely = heads.filter(isWanted)
    for (let i = 0; i < likely.length; i += blocksAtOnce)
      yield await opened(store, likely.slice(i, i + blocksAtOnce))
    until = lastOf(heads) ?? until
    const isEnd = heads.length < atOnce || isBefore(until, filter)
    yield { blocks: [], until, isEnd }
    if (isEnd) return
    await giveWay()
  }
}

const more = (heads: number): number => Math.min(2 * heads, headsAtOnce.most)

/** In the order of their heads. */
const opened = async (store: SearchParts['store'], heads: readonly AuditHead[]): Promise<Found> => {
  // A number that nothing can be told by stands for no block of ours.
  const places = heads.filter(({ firstSeq }) => Number.isSafeInteger(firstSeq))
  const blocks = await store.auditBlocks(places)
  const keyOf = ({ chain, firstSeq }: AuditHead): string => `${chain}/${firstSeq}`
  const byKey = new Map(blocks.map((block) => [keyOf(block), block]))
  const inOrder = heads.flatMap((head) => byKey.get(keyOf(head)) ?? [])
  return { blocks: inOrder, until: lastOf(heads), isEnd: false }
}

type Place = Pick<AuditHead, 'chain' | 'firstSeq' | 'lastTime'>

/** Times that no engine writes stand before or behind all others, and are not told apart where no number can. */
export const placeOf = ({ lastTime, chain, firstSeq }: Place): AuditPosition =>
  lastTime > latestTime
    ? { time: latestTime, chain: lastChain, seq: Number.MAX_SAFE_INTEGER }
    : { time: lastTime, chain, seq: Math.min(firstSeq, Number.MAX_SAFE_INTEGER) }

const lastOf = (places: readonly Place[]): AuditPosition | null => {
  const last = places.at(-1)
  return last ? placeOf(last) : null
}

/** Behind all that is looked for, or the last place that an event can have. */
const isBefore = (place: AuditPosition | null, { from }: EventFilter): boolean =>
  place !== null && place.time < from
