// What a tenant tells the control database: a closed list of events, each of a closed shape. Ids and types of modules,
// and never a text that somebody typed: what is taken in stays there for ever, in the plain.
import type { Milliseconds } from '../clock.js'
import { isUuid, type Uuid } from '../ids.js'
import type { Schemas } from './contract.js'

interface Shapes {
  readonly 'user.created': { readonly userId: Uuid }
  readonly 'user.deleted': { readonly userId: Uuid }
  readonly 'resource.created': { readonly resourceId: Uuid }
  readonly 'resource.deleted': { readonly resourceId: Uuid }
  readonly 'module.enabled': { readonly module: Schemas['ModuleType'] }
  readonly 'module.disabled': { readonly module: Schemas['ModuleType'] }
  readonly 'setup.used': { readonly setup: Uuid }
}
export type OutboxEventType = keyof Shapes

/** On its way to the control database; delivered at least once, taken in once by its id. */
export type OutboxEvent = {
  readonly [Type in OutboxEventType]: {
    readonly id: Uuid
    readonly type: Type
    readonly time: Milliseconds
    readonly data: Shapes[Type]
  }
}[OutboxEventType]

type Check = (value: unknown) => boolean

const isId: Check = (value) => typeof value === 'string' && isUuid(value)

const moduleTypes: Readonly<Record<Schemas['ModuleType'], true>> = {
  ad: true,
  ssh: true,
  database: true,
}
const isModule: Check = (value) => typeof value === 'string' && Object.hasOwn(moduleTypes, value)

const shapes: { readonly [Type in OutboxEventType]: Readonly<Record<keyof Shapes[Type], Check>> } =
  {
    'user.created': { userId: isId },
    'user.deleted': { userId: isId },
    'resource.created': { resourceId: isId },
    'resource.deleted': { resourceId: isId },
    'module.enabled': { module: isModule },
    'module.disabled': { module: isModule },
    'setup.used': { setup: isId },
  }

const isEventType = (type: unknown): type is OutboxEventType =>
  typeof type === 'string' && Object.hasOwn(shapes, type)

const isShaped = (data: unknown, shape: Readonly<Record<string, Check>>): boolean => {
  if (typeof data !== 'object' || data === null) return false
  const fields = Object.entries(data)
  return (
    fields.length === Object.keys(shape).length &&
    fields.every(([name, value]) => Object.hasOwn(shape, name) && shape[name]!(value))
  )
}

/** Beyond it there is no date (ECMA-262 §21.4.1.1). */
const lastTime: Milliseconds = 8.64e15

const isTime = (time: unknown): boolean =>
  Number.isSafeInteger(time) && (time as number) >= 0 && (time as number) <= lastTime

export const isOutboxEvent = (event: {
  readonly id: Uuid
  readonly type: unknown
  readonly time: unknown
  readonly data: unknown
}): event is OutboxEvent =>
  isEventType(event.type) && isTime(event.time) && isShaped(event.data, shapes[event.type])
