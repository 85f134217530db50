// GET audit/checkpoints: the signed anchors of the tenant's chains. Only copies outside the provider's reach are evidence
// against the provider (FORMATS §5). Chains by their registration, the newest first, and in each the newest first.
import { toUtc } from '../../../clock.js'
import { confirm } from '../../access/confirm.js'
import type { AnchorSink, SignedAnchor } from '../../audit/anchors.js'
import { formatCursor, parseCursor } from '../../request/cursor.js'
import { operation } from '../../request/operation.js'
import { queryText } from '../../request/paging.js'
import type { ChainPlace } from '../../store/store.js'

export const listCheckpoints = operation(
  'listCheckpoints',
  { action: 'audit.checkpoints', target: () => ({ type: 'audit', id: '' }) },
  async ({ context, query, epoch, event }) => {
    const limit = query.limit ?? 100
    const after = query.after === undefined ? null : parseCursor(context.tenant, query.after)
    const found = await checkpointsFrom(context.sink, after, limit)
    const last = found.length === limit ? (found.at(-1) ?? null) : null
    await confirm(context, epoch, event({ count: found.length }))
    const next = last && formatCursor(context.tenant, last)
    const link = `</api/v1/audit/checkpoints?${queryText({ limit, after: next ?? '' })}>; rel="next"`
    return { status: 200, body: found.map(toJson), ...(next !== null && { headers: { link } }) }
  },
)

/** Of chains from this place on, at most so many. */
const checkpointsFrom = async (
  sink: AnchorSink,
  after: ChainPlace | null,
  limit: number,
): Promise<SignedAnchor[]> => {
  const chains = (await sink.chains()).map(({ chain }) => chain).reverse()
  const first = after === null ? 0 : chains.indexOf(after.chain)
  const found: SignedAnchor[] = []
  for (const [i, chain] of chains.slice(Math.max(0, first)).entries()) {
    let before = i === 0 && after !== null && first >= 0 ? after.seq : null
    for (let left = true; left && found.length < limit;) {
      const page = await sink.anchors(chain, before)
      found.push(...page.slice(0, limit - found.length))
      before = page.at(-1)?.seq ?? null
      left = page.length > 0
    }
  }
  return found
}

const toJson = ({ chain, seq, digest, epoch, time, statement }: SignedAnchor) => ({
  chain,
  sequence: seq,
  digest: Buffer.from(digest).toString('hex'),
  epoch,
  issuedUtc: toUtc(time),
  statement,
})
