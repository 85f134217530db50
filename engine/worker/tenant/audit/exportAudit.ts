// GET audit/export: the log as lines, for as long as somebody reads it. It is on record before the first line leaves.
import { ApiError } from '../../../errors.js'
import { confirm } from '../../access/confirm.js'
import { exportEvidence } from '../../audit/evidence.js'
import { exportEvents } from '../../audit/export.js'
import type { TenantContext } from '../../context/context.js'
import { operation } from '../../request/operation.js'
import { timeRange } from '../../request/time-range.js'

export const exportAudit = operation(
  'exportAudit',
  { action: 'audit.export', target: () => ({ type: 'audit', id: '' }) },
  async ({ context, query, epoch, event, releaseBatchSlot }) => {
    releaseBatchSlot()
    if ((running.get(context) ?? 0) >= exportsAtOnce) throw new ApiError('overloaded')
    const range = timeRange(query, { from: 0, to: context.services.clock.now() })
    await confirm(context, epoch, event({ ...query }))
    // What is told as evidence is told up to an anchor: so is that it was asked for.
    if (query.form === 'evidence') await context.audit.anchor()
    const parts = {
      store: context.store,
      sink: context.sink,
      keys: context.keys,
      giveWay: () => context.giveWay(),
      confirm: () => confirmReading(context),
    }
    return {
      status: 200,
      headers: { 'content-type': 'application/x-ndjson' },
      stream: counted(
        context,
        (query.form === 'evidence' ? exportEvidence : exportEvents)(parts, range),
      ),
    }
  },
)

/** Of one tenant: each holds a page of blocks for as long as its reader takes. */
const exportsAtOnce = 4
const running = new WeakMap<TenantContext, number>()

async function* counted(
  context: TenantContext,
  pieces: AsyncGenerator<string, void>,
): AsyncGenerator<string, void> {
  running.set(context, (running.get(context) ?? 0) + 1)
  try {
    yield* pieces
  } finally {
    running.set(context, running.get(context)! - 1)
  }
}

/** Who was let in reads on until the tenant is suspended or the engine ends: then the answer is cut. */
const confirmReading = async (context: TenantContext): Promise<void> => {
  context.services.stopping.throwIfAborted()
  await context.access.observed(() => context.store.state())
  if (!context.isActive) throw new ApiError('tenant_suspended')
}
