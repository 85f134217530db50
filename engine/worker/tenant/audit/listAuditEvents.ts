// GET audit/events: newest first. The cursor names the tenant it belongs to.
import { isTime, latestTime } from '../../../clock.js'
import { confirm } from '../../access/confirm.js'
import { toJson } from '../../audit/event.js'
import type { TenantContext } from '../../context/context.js'
import { formatCursor, parseCursor } from '../../request/cursor.js'
import { operation } from '../../request/operation.js'
import { queryText } from '../../request/paging.js'
import { type Readable, listed, readable, unreadableHeader } from '../../request/readable.js'
import type { AuditPosition, AuditRow } from '../../store/store.js'

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

export const listAuditEvents = operation(
  'listAuditEvents',
  { action: 'audit.read', target: () => ({ type: 'audit', id: '' }) },
  async ({ context, query, epoch, event }) => {
    const limit = query.limit ?? 100
    const before = query.after === undefined ? null : parseCursor(context.tenant, query.after)
    const rows = await context.store.auditPage(before, limit)
    const { items, unreadable } = await readableEvents(context, rows)
    const last = rows.length === limit ? positionAfter(rows) : null
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

/** Opened before others have their turn: about two milliseconds. */
const sliceEvents = 100

const readableEvents = async (context: TenantContext, rows: readonly AuditRow[]) => {
  const all: Readable<ReturnType<typeof toJson>> = { items: [], unreadable: [] }
  for (let from = 0; from < rows.length; from += sliceEvents) {
    if (from > 0) await context.giveWay()
    const slice = rows.slice(from, from + sliceEvents)
    const { items, unreadable } = readable(slice, (row) => toJson(context.keys, row))
    all.items.push(...items)
    all.unreadable.push(...unreadable)
  }
  return all
}

/** Where the next page begins. Times that no engine writes stand before or behind all others: none of them is a place. */
const positionAfter = (rows: readonly AuditRow[]): AuditPosition | null => {
  const last = rows.at(-1)
  if (!last || isTime(last.time)) return last ?? null
  return last.time < 0 ? null : { time: latestTime, id: lastId }
}
