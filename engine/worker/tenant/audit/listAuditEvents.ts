// GET audit/events: newest first. The cursor names the tenant it belongs to.
import { confirm } from '../../access/confirm.js'
import { toJson } from '../../audit/event.js'
import { formatCursor, parseCursor } from '../../request/cursor.js'
import { operation } from '../../request/operation.js'
import { queryText } from '../../request/paging.js'

export const listAuditEvents = operation(
  'listAuditEvents',
  { action: 'audit.read', target: () => ({ type: 'audit', id: '' }) },
  async ({ context, query, epoch, event }) => {
    const limit = query.limit ?? 100
    const before = query.after === undefined ? null : parseCursor(context.tenant, query.after)
    const rows = await context.store.auditPage(before, limit)
    const last = rows.at(-1)
    const next = rows.length === limit && last ? formatCursor(context.tenant, last) : null
    await confirm(context, epoch, event({ count: rows.length }))
    return {
      status: 200,
      headers:
        next === null
          ? {}
          : { link: `</api/v1/audit/events?${queryText({ limit, after: next })}>; rel="next"` },
      body: rows.map((row) => toJson(context.keys, row)) as never,
    }
  },
)
