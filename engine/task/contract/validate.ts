// Bodies against the contract. A violation is made of the contract's own words: submitted names, keys, indexes and
// values are never part of one. Deep nesting is bounded by the contract itself (every object of a body is closed);
// of duplicate keys the last wins, as in JSON.parse, and is not reported.
import { type ErrorObject, Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Violation } from '../../errors.js'
import type { Fault } from '../item.js'
import { type Operation, type Schema, operationOf } from './document.js'
import { isEmail } from './email.js'

const maximalViolations = 20
/** Above this many values only the first violation is looked for: one report must not cost more than its request. */
const maximalDetail = 1_000

// In either case, as in paths (RFC 9562 §4): handlers lower it.
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const formats = { uuid: uuidPattern, 'idn-email': isEmail, password: true as const }
// That the contract is JSON Schema is a test's to look at: a thread's first body would wait for the compiling of what
// looks.
const unchecked = { validateSchema: false, meta: false } as const
const common = { strict: true, allowUnionTypes: true, formats, ...unchecked } as const
const quick = new Ajv2020({ ...common, allErrors: false })
const thorough = new Ajv2020({ ...common, allErrors: true })

const cached = (make: (operation: Operation) => ValidateFunction) => {
  const made = new Map<Operation, ValidateFunction>()
  return (operation: Operation): ValidateFunction => {
    const found = made.get(operation) ?? make(operation)
    made.set(operation, found)
    return found
  }
}
const quickOf = cached(({ bodySchema }) => quick.compile(bodySchema ?? false))
const thoroughOf = cached(({ bodySchema }) => thorough.compile(bodySchema ?? false))

const alternatives = (schema: Schema): Schema[] => [
  schema,
  ...[...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap(alternatives),
]

const innerOf = ({ items, additionalProperties }: Schema): Schema[] => [
  ...(items ? [items] : []),
  ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
]

/** A JSON pointer in the contract's names: what the contract does not name becomes `*`. */
const namesOnly = (root: Schema, instancePath: string): string => {
  let schemas = alternatives(root)
  let pointer = ''
  for (const escaped of instancePath.split('/').slice(1)) {
    const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
    const owners = schemas.filter(({ properties }) => properties && Object.hasOwn(properties, name))
    const next =
      owners.length > 0
        ? owners.map(({ properties }) => properties![name]!)
        : schemas.flatMap(innerOf)
    schemas = next.flatMap(alternatives)
    pointer += owners.length > 0 ? `/${name}` : '/*'
  }
  return pointer
}

type Params = Readonly<Record<string, unknown>>
const list = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value))

/** By keyword. Only numbers, names and choices that stand in the contract are put in. */
const messages: Readonly<Record<string, (params: Params) => string>> = {
  type: ({ type }) => `must be of type ${list(type)}`,
  required: () => 'is required',
  additionalProperties: () => 'unknown property',
  propertyNames: () => 'a name is empty or too long',
  enum: ({ allowedValues }) => `must be one of: ${list(allowedValues)}`,
  minLength: ({ limit }) => `must have at least ${limit} characters`,
  maxLength: ({ limit }) => `must have at most ${limit} characters`,
  minItems: ({ limit }) => `must have at least ${limit} items`,
  maxItems: ({ limit }) => `must have at most ${limit} items`,
  minProperties: ({ limit }) => `must have at least ${limit} properties`,
  maxProperties: ({ limit }) => `must have at most ${limit} properties`,
  minimum: ({ limit }) => `must be at least ${limit}`,
  maximum: ({ limit }) => `must be at most ${limit}`,
  pattern: ({ pattern }) => `must match ${pattern}`,
  format: ({ format }) => `must be a valid ${format}`,
  uniqueItems: () => 'must not hold anything twice',
  oneOf: () => 'must match exactly one of the alternatives',
  anyOf: () => 'must match one of the alternatives',
}

const suffix = ({ keyword, params }: ErrorObject): string => {
  if (keyword === 'required') return `/${(params as { missingProperty: string }).missingProperty}`
  return keyword === 'propertyNames' ? '/*' : ''
}

const toViolation = (root: Schema, error: ErrorObject): Violation => ({
  pointer: namesOnly(root, error.instancePath) + suffix(error),
  message: messages[error.keyword]?.(error.params as Params) ?? 'does not match the contract',
})

const branchOf = ({ schemaPath }: ErrorObject): string | undefined =>
  /^#\/oneOf\/(\d+)\//.exec(schemaPath)?.[1]

/** Of the alternatives of a body only the nearest one's errors are told. */
const nearest = (errors: readonly ErrorObject[]): readonly ErrorObject[] => {
  const branches = new Map<string, ErrorObject[]>()
  for (const error of errors) {
    const branch = branchOf(error)
    if (branch !== undefined) branches.set(branch, [...(branches.get(branch) ?? []), error])
  }
  return [...branches.values()].sort((a, b) => a.length - b.length)[0] ?? errors
}

const unique = (violations: readonly Violation[]): Violation[] => [
  ...new Map(violations.map((one) => [`${one.pointer} ${one.message}`, one])).values(),
]

const toViolations = (root: Schema, errors: readonly ErrorObject[]): Violation[] =>
  unique(
    nearest(errors)
      .filter(({ propertyName }) => propertyName === undefined)
      .map((error) => toViolation(root, error)),
  ).slice(0, maximalViolations)

/** Whether a value holds few enough values to look for all its violations. */
const isSmall = (value: unknown): boolean => {
  const waiting = [value]
  for (let seen = 0; waiting.length > 0; seen++) {
    if (seen + waiting.length > maximalDetail) return false
    const next = waiting.pop()
    if (typeof next !== 'object' || next === null) continue
    const inner = Object.values(next)
    if (inner.length > maximalDetail) return false
    for (const one of inner) waiting.push(one)
  }
  return true
}

const polluting: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
/** A lone surrogate has no UTF-8: storing it would change it in silence. */
const isWellFormed = (text: string): boolean => text.isWellFormed()

const memberFault = (key: string, inner: unknown): Violation | null => {
  if (polluting.has(key)) return { pointer: '', message: 'a property name is not allowed' }
  return isWellFormed(key)
    ? textFault(inner)
    : { pointer: '', message: 'a property name is not Unicode' }
}

/** What JSON Schema cannot say. Runs on bodies that match the contract, so they are as shallow as the contract is. */
const textFault = (value: unknown): Violation | null => {
  if (typeof value === 'string')
    return isWellFormed(value) ? null : { pointer: '', message: 'a text is not Unicode' }
  if (typeof value !== 'object' || value === null) return null
  for (const [key, inner] of Object.entries(value)) {
    const fault = memberFault(key, inner)
    if (fault) return fault
  }
  return null
}

const shapeFaults = (operation: Operation, value: unknown): Violation[] | null => {
  const check = quickOf(operation)
  if (check(value)) return null
  const full = isSmall(value) ? thoroughOf(operation) : check
  if (full !== check) full(value)
  return toViolations(operation.bodySchema ?? {}, full.errors ?? [])
}

/** What of a parsed body does not match the contract, or null. Never changes the value; fills in no defaults. */
export const validateBody = (operationId: string, value: unknown): Violation[] | null => {
  const shape = shapeFaults(operationOf(operationId), value)
  if (shape) return shape
  const text = textFault(value)
  return text ? [text] : null
}

export type ParsedBody =
  | { readonly value: unknown; readonly fault: null }
  | { readonly value: undefined; readonly fault: Fault }

const utf8 = new TextDecoder('utf-8', { fatal: true })

const parse = (bytes: Uint8Array): { value: unknown } | null => {
  try {
    return { value: JSON.parse(utf8.decode(bytes)) as unknown }
  } catch {
    return null
  }
}

const absent = ({ bodyRequired }: Operation): ParsedBody =>
  bodyRequired
    ? {
        value: undefined,
        fault: {
          code: 'validation_failed',
          violations: [{ pointer: '', message: 'a body is required' }],
        },
      }
    : { value: undefined, fault: null }

/** Bytes → validated body. Strict UTF-8. Bytes sent to an operation without a body are ignored. */
export const parseBody = (operationId: string, bytes: Uint8Array | null): ParsedBody => {
  const operation = operationOf(operationId)
  if (!operation.hasBody || !bytes || bytes.length === 0) return absent(operation)
  const parsed = parse(bytes)
  if (!parsed) return { value: undefined, fault: { code: 'malformed_body' } }
  const violations = validateBody(operationId, parsed.value)
  return violations
    ? { value: undefined, fault: { code: 'validation_failed', violations } }
    : { value: parsed.value, fault: null }
}
