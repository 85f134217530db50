// GET audit/events: newest first. The cursor names the tenant it belongs to.
import { confirm } from '../../access/confirm.js'
import { AuditReader } from '../../audit/reader.js'
import { formatCursor, parseCursor } from '../../request/cursor.js'
import { operation } from '../../request/operation.js'
import { queryText } from '../../request/paging.js'
import { listed, unreadableHeader } from '../../request/readable.js'

export const listAuditEvents = operation(
  'listAuditEvents',
  { action: 'audit.read', target: () => ({ type: 'audit', id: '' }) },
  async ({ context, query, epoch, event }) => {
    const limit = query.limit ?? 100
    const before = query.after === undefined ? null : parseCursor(context.tenant, query.after)
    const reader = new AuditReader(context.store, context.keys, () => context.giveWay())
    const { items, unreadable, last } = await reader.page(before, limit)
    const next = last && formatCursor(context.tenant, last)
    const detail = { count: items.length }
    await confirm(context, epoch, event(...listed('listAuditEvents', detail, unreadable)))
    return {
      status: 200,
      headers: {
        ...unreadableHeader(unreadable),
        ...(next === null
          ? {}
          : { link: `</api/v1/audit/events?${queryText({ limit, after: next })}>; rel="next"` }),
      },
      body: items as never,
    }
  },
)
