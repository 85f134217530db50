// The events of a log as lines, oldest first, in pieces that whoever reads asks for: no more of the log is in memory than
// a page of blocks. A block that does not open is told in its place, by a line that is no event.
import { toUtc, type Milliseconds } from '../../clock.js'
import { IntegrityError } from '../cipher/record.js'
import type { Keyring } from '../keys/keyring.js'
import type { AuditBlock, AuditPosition, Store } from '../store/store.js'
import { endOfHour } from './block.js'
import { openBlock } from './contents.js'
import { toJson } from './event.js'
import { everyEvent, passes } from './event-filter.js'
import { lastChain } from './search.js'

/** Read at once: at most 4 MiB. */
const blocksAtOnce = 16
/** Of a piece, unless one event is longer. */
const pieceCharacters = 32 * 1024

export interface ExportParts {
  readonly store: Pick<Store, 'auditForward'>
  readonly keys: Keyring
  readonly giveWay: () => Promise<void>
  /** Before each page: rejects when no more may leave. */
  readonly confirm: () => Promise<void>
}

/** Both included. */
export interface ExportRange {
  readonly from: Milliseconds
  readonly to: Milliseconds
}

/**
 * NDJSON: lines of AuditEvent, by the time of their block and their order in it. Rejects where the log cannot be
 * walked, or as `confirm` does: what was told until then is not all.
 */
export async function* exportEvents(
  parts: ExportParts,
  range: ExportRange,
): AsyncGenerator<string, void> {
  const end = endOfHour(range.to)
  // No engine writes times before the first.
  let after: AuditPosition = {
    time: range.from - 1,
    chain: lastChain,
    seq: Number.MAX_SAFE_INTEGER,
  }
  for (;;) {
    await parts.confirm()
    const blocks = await parts.store.auditForward(after, blocksAtOnce)
    for (const block of blocks) {
      if (block.lastTime > end) return
      yield* pieces(linesOf(parts.keys, block, range))
      after = placeOf(block)
      await parts.giveWay()
    }
    if (blocks.length < blocksAtOnce) return
  }
}

const placeOf = ({ lastTime, chain, firstSeq }: AuditBlock): AuditPosition => {
  // Nothing leads on from a number that cannot be told from its neighbours.
  if (!Number.isSafeInteger(firstSeq)) throw new IntegrityError()
  return { time: lastTime, chain, seq: firstSeq }
}

const linesOf = (keys: Keyring, block: AuditBlock, range: ExportRange): string[] => {
  try {
    return openBlock(keys, block)
      .filter((event) => passes({ ...everyEvent, ...range }, event))
      .map((event) => JSON.stringify(toJson(event)))
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error
    return [JSON.stringify({ unreadable: placeInLog(block) })]
  }
}

const placeInLog = ({ chain, firstSeq, count, lastTime }: AuditBlock) => ({
  chain,
  sequence: firstSeq,
  count,
  time: toUtc(lastTime),
})

function* pieces(lines: readonly string[]): Generator<string, void> {
  let piece = ''
  for (const line of lines) {
    piece += `${line}\n`
    if (piece.length < pieceCharacters) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}
