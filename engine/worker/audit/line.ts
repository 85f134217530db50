// An audit event as it is recorded (FORMATS §5): one line of JSON, `["<base64 of 16 random bytes>", id, time, actorType,
// actor, actorName, action, outcome, targetType, target, requestId, clientAddress, detail]`. Numbers are the registry's,
// ids are text or null. The salt keeps the hash of a line from telling what it says; the chain commits to that hash, so
// that a line can be shown without its neighbours.
import { isTime, type Milliseconds } from '../../clock.js'
import { isUuid, type Uuid } from '../../ids.js'
import { drawNonce } from '../cipher/random.js'
import { IntegrityError } from '../cipher/record.js'

export type Detail = Readonly<Record<string, unknown>>

export interface RecordedEvent {
  readonly id: Uuid
  readonly time: Milliseconds
  readonly actorType: number
  readonly actor: Uuid | null
  readonly actorName: string | null
  readonly action: number
  readonly outcome: number
  readonly targetType: number
  readonly target: Uuid | null
  readonly requestId: Uuid | null
  readonly clientAddress: string | null
  readonly detail: Detail
}

export const saltBytes = 16
const salt = Buffer.alloc(saltBytes)
const saltText = /^[A-Za-z0-9+/]{21}[AQgw]==$/
const members = 13

export const writeLine = (event: RecordedEvent): string => {
  drawNonce(salt, 0, saltBytes)
  return lineOf(salt.toString('base64'), event)
}

/** For a salt that is given: of vectors. */
export const lineOf = (text: string, event: RecordedEvent): string =>
  JSON.stringify([
    text,
    event.id,
    event.time,
    event.actorType,
    event.actor,
    event.actorName,
    event.action,
    event.outcome,
    event.targetType,
    event.target,
    event.requestId,
    event.clientAddress,
    event.detail,
  ])

/** Throws an IntegrityError for what is no line of an event. */
export const parseLine = (line: string): RecordedEvent => {
  const parsed = parse(line)
  if (!isEvent(parsed)) throw new IntegrityError()
  // By their places: taking the line apart by names would make lists on the way.
  return {
    id: parsed[1],
    time: parsed[2],
    actorType: parsed[3],
    actor: parsed[4],
    actorName: parsed[5],
    action: parsed[6],
    outcome: parsed[7],
    targetType: parsed[8],
    target: parsed[9],
    requestId: parsed[10],
    clientAddress: parsed[11],
    detail: parsed[12],
  }
}

type Line = [
  salt: string,
  id: Uuid,
  time: Milliseconds,
  actorType: number,
  actor: Uuid | null,
  actorName: string | null,
  action: number,
  outcome: number,
  targetType: number,
  target: Uuid | null,
  requestId: Uuid | null,
  clientAddress: string | null,
  detail: Detail,
]

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    throw new IntegrityError()
  }
}

const isSalt = (value: unknown): boolean => typeof value === 'string' && saltText.test(value)
const isId = (value: unknown): boolean => typeof value === 'string' && isUuid(value)
const isIdOrNull = (value: unknown): boolean => value === null || isId(value)
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string'
const isNumber = (value: unknown): boolean => Number.isSafeInteger(value)
const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isEvent = (value: unknown): value is Line => {
  if (!Array.isArray(value) || value.length !== members) return false
  const line = value as unknown[]
  return (
    isSalt(line[0]) &&
    isId(line[1]) &&
    isTime(line[2] as number) &&
    isNumber(line[3]) &&
    isIdOrNull(line[4]) &&
    isTextOrNull(line[5]) &&
    isNumber(line[6]) &&
    isNumber(line[7]) &&
    isNumber(line[8]) &&
    isIdOrNull(line[9]) &&
    isIdOrNull(line[10]) &&
    isTextOrNull(line[11]) &&
    isObject(line[12])
  )
}
