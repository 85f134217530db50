// An audit event as handlers tell it, and as the API shows it (SPEC §7). Names, addresses and reasons are in its sealed
// detail and nowhere else.
import type { Milliseconds } from '../../clock.js'
import { isTime, toUtc } from '../../clock.js'
import { isUuid, nilUuid, type Uuid } from '../../ids.js'
import { IntegrityError } from '../cipher/record.js'
import type { Keyring } from '../keys/keyring.js'
import type { AuditRow } from '../store/store.js'
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
import { type Detail, openDetail, parseDetail } from './detail.js'

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

/** An event before it has a place in a chain: checked, and its detail's text made. */
export interface PreparedEvent extends Omit<AuditRow, 'chain' | 'seq' | 'id' | 'detail' | 'mac'> {
  readonly json: string
}

/** Throws a RangeError or TypeError for an event that cannot be recorded, so that it spoils nobody else's. */
export const prepareEvent = (event: AuditEvent): PreparedEvent => {
  const { actor, target, time } = event
  if (!Number.isSafeInteger(time) || time < 0) throw new RangeError('not a time')
  return {
    time,
    actorType: numberIn(actorTypes, actor.type),
    actor: idOf(actor.id),
    action: numberIn(actions, event.action),
    outcome: numberIn(outcomes, event.outcome),
    targetType: numberIn(targetTypes, target.type),
    target: idOf(target.id),
    requestId: idOf(event.requestId),
    json: jsonOf({ name: actor.name, address: event.clientAddress, detail: event.detail }),
  }
}

const jsonOf = (detail: Detail): string => JSON.stringify(detail)

const numberIn = <Name extends string>(
  names: Readonly<Record<Name, number>>,
  name: Name,
): number => {
  if (!Object.hasOwn(names, name)) throw new RangeError('not in the registry')
  return names[name]
}

const idOf = (id: Uuid | ''): Uuid => {
  if (id === '') return nilUuid
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

/** Throws an IntegrityError for a row that does not open or says what no engine writes. */
export const toJson = (keys: Keyring, row: AuditRow): AuditEventJson => {
  const { name, address, detail } = parseDetail(openDetail(keys, row).json)
  if (!isTime(row.time)) throw new IntegrityError()
  return {
    id: row.id,
    time: toUtc(row.time),
    actor: { type: nameIn(actorNames, row.actorType), id: orNull(row.actor), name: name || null },
    action: nameIn(actionNames, row.action),
    target: {
      type: row.targetType === targetTypes.none ? null : nameIn(targetNames, row.targetType),
      id: orNull(row.target),
    },
    outcome: nameIn(outcomeNames, row.outcome),
    requestId: orNull(row.requestId),
    clientAddress: address || null,
    detail,
  }
}

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

const orNull = (id: Uuid): Uuid | null => (id === nilUuid ? null : id)
