// An audit event as handlers tell it, and as the API shows it (SPEC §7).
import type { Milliseconds } from '../../clock.js'
import { isTime, toUtc } from '../../clock.js'
import { isUuid, newId, type Uuid } from '../../ids.js'
import { IntegrityError } from '../cipher/record.js'
import {
  type ActionName,
  actions,
  type ActorType,
  actorTypes,
  type Outcome,
  outcomes,
  type TargetType,
  targetTypes,
} from './actions.js'
import { maxBlockBytes } from './block.js'
import { type RecordedEvent, writeLine } from './line.js'

/** `''` where there is none. */
export interface EventTarget {
  readonly type: TargetType
  readonly id: Uuid | ''
}

export interface EventActor {
  readonly type: ActorType
  readonly id: Uuid | ''
  readonly name: string
}

export interface AuditEvent {
  readonly action: ActionName
  readonly actor: EventActor
  readonly target: EventTarget
  readonly outcome: Outcome
  /** `''` for what no request asked for. */
  readonly requestId: Uuid | ''
  readonly clientAddress: string
  readonly time: Milliseconds
  readonly detail: Readonly<Record<string, unknown>>
}

/** An event before it has a place in a chain: checked, and its line written. */
export interface PreparedEvent extends Pick<
  RecordedEvent,
  'id' | 'time' | 'actor' | 'action' | 'outcome' | 'target'
> {
  readonly line: string
  /** Of the line. */
  readonly bytes: number
}

/** Throws a RangeError or TypeError for an event that cannot be recorded, so that it spoils nobody else's. */
export const prepareEvent = (event: AuditEvent): PreparedEvent => {
  const recorded = recordedOf(event)
  const line = writeLine(recorded)
  const bytes = Buffer.byteLength(line)
  if (bytes > maxBlockBytes) throw new RangeError('an event is too long')
  const { id, time, actor, action, outcome, target } = recorded
  return { id, time, actor, action, outcome, target, line, bytes }
}

const recordedOf = ({ actor, target, time, ...event }: AuditEvent): RecordedEvent => {
  if (!isTime(time)) throw new RangeError('not a time')
  return {
    id: newId(),
    time,
    actorType: numberIn(actorTypes, actor.type),
    actor: idOf(actor.id),
    actorName: actor.name || null,
    action: numberIn(actions, event.action),
    outcome: numberIn(outcomes, event.outcome),
    targetType: numberIn(targetTypes, target.type),
    target: idOf(target.id),
    requestId: idOf(event.requestId),
    clientAddress: event.clientAddress || null,
    detail: event.detail,
  }
}

const numberIn = <Name extends string>(
  names: Readonly<Record<Name, number>>,
  name: Name,
): number => {
  if (!Object.hasOwn(names, name)) throw new RangeError('not in the registry')
  return names[name]
}

const idOf = (id: Uuid | ''): Uuid | null => {
  if (id === '') return null
  if (!isUuid(id)) throw new RangeError('not a UUID')
  return id
}

export interface AuditEventJson {
  readonly id: Uuid
  readonly time: string
  readonly actor: { readonly type: string; readonly id: Uuid | null; readonly name: string | null }
  readonly action: string
  readonly target: { readonly type: string | null; readonly id: Uuid | null }
  readonly outcome: string
  readonly requestId: Uuid | null
  readonly clientAddress: string | null
  readonly detail: Readonly<Record<string, unknown>>
}

/** Throws an IntegrityError for what no engine records. */
export const toJson = (event: RecordedEvent): AuditEventJson => ({
  id: event.id,
  time: toUtc(event.time),
  actor: { type: nameIn(actorNames, event.actorType), id: event.actor, name: event.actorName },
  action: nameIn(actionNames, event.action),
  target: {
    type: event.targetType === targetTypes.none ? null : nameIn(targetNames, event.targetType),
    id: event.target,
  },
  outcome: nameIn(outcomeNames, event.outcome),
  requestId: event.requestId,
  clientAddress: event.clientAddress,
  detail: event.detail,
})

const namesOf = (numbers: Readonly<Record<string, number>>): ReadonlyMap<number, string> =>
  new Map(Object.entries(numbers).map(([name, number]) => [number, name]))

const actorNames = namesOf(actorTypes)
const actionNames = namesOf(actions)
const targetNames = namesOf(targetTypes)
const outcomeNames = namesOf(outcomes)

const nameIn = (names: ReadonlyMap<number, string>, number: number): string => {
  const name = names.get(number)
  if (name === undefined) throw new IntegrityError()
  return name
}
