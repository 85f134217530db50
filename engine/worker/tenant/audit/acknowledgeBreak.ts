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
    const broken = await breaksOf(context, chain, sequence)
    if (broken.length === 0) throw new ApiError('conflict', 'Nothing is broken there.')
    const lastGood = broken.find((finding) => finding.lastGood !== null)?.lastGood ?? null
    await confirm(context, epoch, event({ chain, sequence, reason, lastGood }))
    return { status: 204 }
  },
  { isLong: true },
)

const breaksOf = async (
  context: TenantContext,
  chain: Uuid,
  sequence: number,
): Promise<Finding[]> => {
  const { findings: all } = await findings(context.store, context.keys, context.sink, {
    tenant: context.tenant,
    tip: context.audit.tip,
    signal: context.services.stopping,
    giveWay: () => context.giveWay(),
  })
  return all.filter(({ fault }) => fault.chain === chain && fault.sequence === sequence)
}
