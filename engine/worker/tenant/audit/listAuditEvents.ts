// GET audit/events: newest first. The cursor names the tenant it belongs to; the filters go with it.
import type { QueryOf } from '../../../task/contract.js'
import { confirm } from '../../access/confirm.js'
import { actions, outcomes } from '../../audit/actions.js'
import { type EventFilter, everyEvent } from '../../audit/event-filter.js'
import { AuditReader } from '../../audit/reader.js'
import type { TenantContext } from '../../context/context.js'
import { formatCursor, parseCursor } from '../../request/cursor.js'
import { operation } from '../../request/operation.js'
import { queryText } from '../../request/paging.js'
import { listed, unreadableHeader } from '../../request/readable.js'
import { timeRange } from '../../request/time-range.js'

type Query = QueryOf<'listAuditEvents'>

export const listAuditEvents = operation(
  'listAuditEvents',
  { action: 'audit.read', target: () => ({ type: 'audit', id: '' }) },
  async ({ context, query, epoch, event, releaseBatchSlot }) => {
    const { limit = 100, after, ...narrowed } = query
    const filter = filterOf(query)
    const isNarrowed = Object.keys(narrowed).length > 0
    if (isNarrowed) releaseBatchSlot()
    const before = after === undefined ? null : parseCursor(context.tenant, after)
    const { items, unreadable, last } = await readerOf(context).page(before, limit, filter)
    const next = last && formatCursor(context.tenant, last)
    const detail = { count: items.length, ...(isNarrowed ? { filter: narrowed } : {}) }
    await confirm(context, epoch, event(...listed('listAuditEvents', detail, unreadable)))
    return {
      status: 200,
      headers: {
        ...unreadableHeader(unreadable),
        ...(next === null ? {} : { link: linkTo({ ...narrowed, limit, after: next }) }),
      },
      body: items as never,
    }
  },
)

const filterOf = ({ actor, target, action, outcome, ...times }: Query): EventFilter => ({
  actor: actor ?? null,
  target: target ?? null,
  action: action === undefined ? null : actions[action],
  outcome: outcome === undefined ? null : outcomes[outcome],
  ...timeRange(times, everyEvent),
})

const readerOf = (context: TenantContext): AuditReader =>
  new AuditReader({
    store: context.store,
    keys: context.keys,
    giveWay: () => context.giveWay(),
  })

const linkTo = (query: Readonly<Record<string, unknown>>): string =>
  `</api/v1/audit/events?${queryText(query)}>; rel="next"`
