// Blocks of audit events as columns, both ways, and the statements that read them.
import { nilUuid, type Uuid } from '../../../ids.js'
import { isSameBlock } from '../same-block.js'
import type { AuditBlock, AuditPosition, ChainPlace } from '../store.js'
import { bytes, integers, minBigint, uuids } from './parameters.js'
import { hourOf } from './schema.js'
import type { Cell, Parameter, Session, Statement } from './session.js'

const columns = `chain, first_seq, count, secret_reads, epoch, first_time, last_time, filter,
  content_hash, sealed, mac`

/**
 * From parameters $1…$11; `condition` is an SQL expression. To be called `added`: allAdded fails where fewer are kept
 * than were sent (FORMATS §5), as by a trigger that somebody has put there.
 */
export const insertBlocks = (condition = 'true'): string => `
  insert into audit_block (${columns})
  select ${columns} from unnest($1::uuid[], $2::bigint[], $3::integer[], $4::integer[],
    $5::bigint[], $6::bigint[], $7::bigint[], $8::bytea[], $9::bytea[], $10::bytea[],
    $11::bytea[]) as given (${columns})
  where ${condition}
  returning 1`

/** Zero; the logarithm of nothing is an error, of a code that nothing else here has. */
export const allAdded = `ln(((select count(*) from added) = cardinality($1::uuid[]))::integer)`

/** Those of insertBlocks. */
export const blockParameters = (blocks: readonly AuditBlock[]): Parameter[] => [
  uuids(blocks.map(({ chain }) => chain)),
  integers(blocks.map(({ firstSeq }) => firstSeq)),
  integers(blocks.map(({ count }) => count)),
  integers(blocks.map(({ secretReads }) => secretReads)),
  integers(blocks.map(({ epoch }) => epoch)),
  integers(blocks.map(({ firstTime }) => firstTime)),
  integers(blocks.map(({ lastTime }) => lastTime)),
  bytes(blocks.map(({ filter }) => filter)),
  bytes(blocks.map(({ contentHash }) => contentHash)),
  bytes(blocks.map(({ sealed }) => sealed)),
  bytes(blocks.map(({ mac }) => mac)),
]

// As base64, which is two thirds of the digits and is read three times as fast: of whole chains it is most of the work.
const columnsOfChain = columns.replace('sealed', `encode(sealed, 'base64')`)

// Where somebody made them NULL they do not open, and match nothing.
const bytesOf = (cell: Cell | undefined): Buffer => (Buffer.isBuffer(cell) ? cell : Buffer.alloc(0))

const toBlock = (cells: Cell[]): AuditBlock => {
  const [chain, firstSeq, count, secretReads, epoch, firstTime, lastTime, ...rest] = cells
  const [filter, contentHash, sealed, mac] = rest
  return {
    chain: chain as string,
    firstSeq: Number(firstSeq),
    count: Number(count),
    secretReads: Number(secretReads),
    epoch: Number(epoch),
    firstTime: Number(firstTime),
    lastTime: Number(lastTime),
    filter: bytesOf(filter),
    contentHash: bytesOf(contentHash),
    sealed: typeof sealed === 'string' ? Buffer.from(sealed, 'base64') : bytesOf(sealed),
    mac: bytesOf(mac),
  }
}

/** Before everything that a column can hold, also what no engine writes. */
const everything = {
  time: '9223372036854775807',
  chain: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
  seq: '9223372036854775807',
}

/** Newest first, from parameters $1…$4, the position and the limit; `selected` are columns. */
export const newestFirst = (selected: string): string => `select ${selected} from audit_block
  where (${hourOf('last_time')}, last_time, chain, first_seq)
    < (${hourOf('$1::bigint')}, $1::bigint, $2::uuid, $3::bigint)
    and first_seq > 0
  order by ${hourOf('last_time')} desc, last_time desc, chain desc, first_seq desc
  limit $4::bigint`

/** Those of newestFirst. */
export const positionParameters = (before: AuditPosition | null, limit: number): Parameter[] => {
  const { time, chain, seq } = before ?? everything
  return [time, chain, seq, limit]
}

export const olderThan = (before: AuditPosition | null, limit: number): Statement => ({
  text: newestFirst(columns),
  parameters: positionParameters(before, limit),
})

/** Behind nothing that a column can hold. */
const nothing = { time: minBigint, chain: nilUuid, seq: minBigint }

export const newerThan = (after: AuditPosition | null, limit: number): Statement => {
  const { time, chain, seq } = after ?? nothing
  return {
    text: `select ${columns} from audit_block
      where (${hourOf('last_time')}, last_time, chain, first_seq)
        > (${hourOf('$1::bigint')}, $1::bigint, $2::uuid, $3::bigint)
        and first_seq > 0
      order by ${hourOf('last_time')}, last_time, chain, first_seq
      limit $4::bigint`,
    parameters: [time, chain, seq, limit],
  }
}

// The block that event $2 is in begins at or before it; one that ends before it is left out.
export const ofChain = (chain: Uuid, fromSeq: number, limit: number): Statement => ({
  text: `select ${columnsOfChain} from audit_block
    where chain = $1::uuid and first_seq > $2::bigint - count and first_seq >= coalesce((
      select max(first_seq) from audit_block where chain = $1::uuid and first_seq <= $2::bigint
    ), $2::bigint)
    order by first_seq limit $3::bigint`,
  parameters: [chain, Math.min(fromSeq, Number.MAX_SAFE_INTEGER), limit],
})

export const withKeys = (blocks: readonly Pick<AuditBlock, 'chain' | 'firstSeq'>[]): Statement => ({
  text: `select ${columns} from audit_block
    where (chain, first_seq) in (select * from unnest($1::uuid[], $2::bigint[]))`,
  parameters: [
    uuids(blocks.map(({ chain }) => chain)),
    integers(blocks.map(({ firstSeq }) => firstSeq)),
  ],
})

const chains: Statement = {
  text: 'select distinct chain from audit_block',
  parameters: [],
}

const epochAfter = (places: readonly ChainPlace[]): Statement => ({
  text: `select max(b.epoch) from unnest($1::uuid[], $2::bigint[]) as p (chain, seq)
    join audit_block b on b.chain = p.chain and b.first_seq > p.seq`,
  parameters: [uuids(places.map(({ chain }) => chain)), integers(places.map(({ seq }) => seq))],
})

export const readEpochAfter = async (
  session: Session,
  places: readonly ChainPlace[],
): Promise<number | null> => {
  const [row] = await session.query(epochAfter(places))
  const epoch = row?.[0] ?? null
  return epoch === null ? null : Number(epoch)
}

export const readBlocks = async (session: Session, statement: Statement): Promise<AuditBlock[]> =>
  (await session.query(statement)).map(toBlock)

export const readChains = async (session: Session): Promise<Uuid[]> =>
  (await session.query(chains)).map(([chain]) => chain as string)

export interface Presence {
  /** Those that are not stored. */
  readonly missing: readonly AuditBlock[]
  /** Whether another block stands where one of them belongs. */
  readonly isForeign: boolean
}

/** Which of the blocks are stored, byte for byte. */
export const presenceOf = async (
  session: Session,
  blocks: readonly AuditBlock[],
): Promise<Presence> => {
  const stored = await readBlocks(session, withKeys(blocks))
  const byKey = new Map(stored.map((block) => [`${block.chain}/${block.firstSeq}`, block]))
  const found = blocks.map(({ chain, firstSeq }) => byKey.get(`${chain}/${firstSeq}`))
  return {
    missing: blocks.filter((_, i) => found[i] === undefined),
    isForeign: blocks.some((block, i) => found[i] !== undefined && !isSameBlock(block, found[i])),
  }
}
