// GET audit/verify: walks every chain of the tenant; see worker/audit/verify.ts.
import { confirm } from '../../access/confirm.js'
import { operation } from '../../request/operation.js'
import { RecordedRows } from '../../evidence/deep.js'
import { verifyAudit as verify } from '../../audit/verify.js'

export const verifyAudit = operation(
  'verifyAudit',
  { action: 'audit.verify', target: () => ({ type: 'audit', id: '' }) },
  async ({ context, query, releaseBatchSlot, epoch, event }) => {
    releaseBatchSlot()
    const report = await verify(context.store, context.keys, context.sink, {
      tenant: context.tenant,
      rows: query.deep ? new RecordedRows() : null,
      tip: context.audit.tip,
      signal: context.services.stopping,
      giveWay: () => context.giveWay(),
    })
    await confirm(context, epoch, event({ ok: report.ok, events: report.events }))
    return { status: 200, body: report }
  },
  { isLong: true },
)
