// What the engine did or found by itself, no matter who had asked for what.
import type { Milliseconds } from '../../clock.js'
import type { ActionName, Outcome } from './actions.js'
import type { AuditEvent, EventActor, EventTarget } from './event.js'

export const systemActor: EventActor = { type: 'system', id: '', name: '' }

export const systemEvent = (
  action: ActionName,
  target: EventTarget,
  outcome: Outcome,
  time: Milliseconds,
  detail: AuditEvent['detail'] = {},
): AuditEvent => ({
  action,
  actor: systemActor,
  target,
  outcome,
  requestId: '',
  clientAddress: '',
  time,
  detail,
})
