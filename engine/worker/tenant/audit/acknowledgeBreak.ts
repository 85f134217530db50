// POST audit/chains/{chain}/acknowledge: an administrator takes note of a break that verification names. It stays in the
// log for ever who did, why, and what the last good digest was; another break needs another.
import { ApiError } from '../../../errors.js'
import type { Uuid } from '../../../ids.js'
import { confirm } from '../../access/confirm.js'
import type { Finding } from '../../audit/reasons.js'
import { findings } from '../../audit/verify.js'
import type { TenantContext } from '../../context/context.js'
import { operation } from '../../request/operation.js'

export const acknowledgeBreak = operation(
  'acknowledgeBreak',
  { action: 'audit.acknowledge', target: ({ path }) => ({ type: 'audit', id: path.chain }) },
  async ({ context, path, body, releaseBatchSlot, epoch, event }) => {
    releaseBatchSlot()
    const { chain } = path
    const { sequence, reason } = body
    const chains = await context.sink.chains()
    if (!chains.some((registration) => registration.chain === chain))
      throw new ApiError('not_found')
    const broken = await breakAt(context, chain, sequence)
    if (!broken) throw new ApiError('conflict', 'Nothing is broken there.')
    const { fault, lastGood } = broken
    // Behind a break nothing of a chain can be verified: this event, and all that come, are to be.
    context.audit.closeChain()
    await confirm(context, epoch, event({ chain, sequence, reason, found: fault.reason, lastGood }))
    return { status: 204 }
  },
  { isLong: true },
)

/** The first that is not acknowledged yet. */
const breakAt = async (
  context: TenantContext,
  chain: Uuid,
  sequence: number,
): Promise<Finding | undefined> => {
  const { findings: all } = await findings(context.store, context.keys, context.sink, {
    tenant: context.tenant,
    tip: context.audit.tip,
    signal: context.services.stopping,
    giveWay: () => context.giveWay(),
  })
  return all.find(({ fault }) => fault.chain === chain && fault.sequence === sequence)
}
