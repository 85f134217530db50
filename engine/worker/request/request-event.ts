// The audit events of a request: of a handler's own operation, and of a row that did not open on the way to it.
import { isDeepStrictEqual } from 'node:util'
import type { Milliseconds } from '../../clock.js'
import { isUuid } from '../../ids.js'
import type { Item } from '../../task/item.js'
import type { Principal } from '../access/principal.js'
import type { AuditEvent, EventTarget } from '../audit/event.js'
import { systemActor } from '../audit/system-event.js'
import type { TenantContext } from '../context/context.js'
import type { Call, Handler } from './operation.js'

/**
 * Of all attempts of one request: an attempt that tells what one before it told is given that one's event, so that
 * it is on record once (see confirm).
 */
export const eventsOf = (
  handler: Handler,
  item: Item,
): ((principal: Principal, time: Milliseconds) => Call['event']) => {
  const recorded: AuditEvent[] = []
  return (principal, time) => {
    // Each once: what was told twice before is told twice again.
    const before = [...recorded]
    return (detail = {}, target = targetOf(handler, item), outcome = 'success') => {
      const event: AuditEvent = {
        action: handler.audited.action,
        actor: { type: principal.type, id: principal.id, name: principal.name },
        target,
        outcome,
        requestId: item.requestId,
        clientAddress: item.clientAddress,
        time,
        detail: item.attempted === undefined ? detail : { ...detail, operation: item.attempted },
      }
      const place = before.findIndex((one) => isSame(one, event))
      const [same] = place < 0 ? [] : before.splice(place, 1)
      if (!same) recorded.push(event)
      return same ?? event
    }
  }
}

const isSame = (one: AuditEvent, other: AuditEvent): boolean =>
  isDeepStrictEqual({ ...one, time: 0 }, { ...other, time: 0 })

const targetOf = (handler: Handler, item: Item): EventTarget => {
  const target = handler.audited.target?.({ path: item.path as never })
  // What a refused caller put in the path need not be an id; the refusal is recorded all the same.
  if (target) return isUuid(target.id ?? '') ? target : { ...target, id: '' }
  return { type: 'tenant', id: item.tenant ?? '' }
}

/** Of what does not open before anybody is known. */
export const integrityEvent = (
  { tenant }: TenantContext,
  { requestId, clientAddress, claims, operation, attempted }: Item,
  time: Milliseconds,
): AuditEvent => ({
  action: 'request',
  actor: systemActor,
  target: claims ? { type: 'user', id: claims.sub } : { type: 'tenant', id: tenant },
  outcome: 'failure',
  requestId,
  clientAddress,
  time,
  detail: { code: 'integrity_failure', operation: attempted ?? operation },
})
