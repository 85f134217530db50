// Answers as the contract describes them: a property that it does not name never leaves, whatever a handler returns.
import { build } from 'fast-json-stringify'
import { type Schema, operationOf } from './document.js'

type Serializer = (value: unknown) => string

const mapped = (schemas: Readonly<Record<string, Schema>>): Readonly<Record<string, Schema>> =>
  Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, shapeOf(one)]))

/**
 * Types and names alone. Formats must go: fast-json-stringify writes the text of a `date-time` without escaping it.
 */
const shapeOf = (schema: Schema): Schema => ({
  ...(schema.type ? { type: schema.type } : {}),
  ...(schema.required ? { required: schema.required } : {}),
  ...(schema.properties ? { properties: mapped(schema.properties) } : {}),
  ...(schema.items ? { items: shapeOf(schema.items) } : {}),
  ...(schema.anyOf ? { anyOf: schema.anyOf.map(shapeOf) } : {}),
  ...(schema.oneOf ? { oneOf: schema.oneOf.map(shapeOf) } : {}),
  ...(isObject(schema) ? { additionalProperties: additionalOf(schema) } : {}),
})

const isObject = ({ type }: Schema): boolean => type === 'object' || (type ?? []).includes('object')

const additionalOf = ({ additionalProperties }: Schema): boolean | Schema =>
  typeof additionalProperties === 'object'
    ? shapeOf(additionalProperties)
    : additionalProperties === true

/** By operation, by status. */
const serializers = new Map<string, Map<number, Serializer>>()

const make = (operationId: string, status: number): Serializer => {
  const schema = operationOf(operationId).resultSchemas.get(status)
  if (!schema) throw new RangeError(`${operationId} has no JSON answer ${status} in the contract`)
  return build(shapeOf(schema) as Parameters<typeof build>[0])
}

const serializerOf = (operationId: string, status: number): Serializer => {
  const byStatus = serializers.get(operationId) ?? new Map<number, Serializer>()
  serializers.set(operationId, byStatus)
  const serializer = byStatus.get(status) ?? make(operationId, status)
  byStatus.set(status, serializer)
  return serializer
}

/** JSON of a success. Throws when a required property is missing or the contract has no such answer. */
export const serialize = (operationId: string, status: number, value: unknown): string =>
  serializerOf(operationId, status)(value)
