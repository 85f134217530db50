// Path and query parameters: strict decoding, checks and conversion by the contract, by hand for speed. What the
// contract does not name is a violation, and so is a name given twice. Violations never hold what was submitted.
import type { Violation } from '../../errors.js'
import type { Operation, Parameter, Schema } from '../../task/contract.js'

export interface Parameters {
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | number | boolean>>
  /** Empty: all is well. */
  readonly violations: readonly Violation[]
}

type Value = string | number | boolean
/** A value of the contract, or a sentence on what is wrong. */
type Read = (text: string) => { readonly value: Value } | { readonly fault: string }

const fault = (sentence: string): { readonly fault: string } => ({ fault: sentence })

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const readUuid: Read = (text) => {
  // RFC 9562 §4: any case on the way in, lower case everywhere behind this line.
  const value = text.toLowerCase()
  return text.length === 36 && uuidPattern.test(value) ? { value } : fault('must be a valid uuid')
}

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/
// Date.parse takes 30 February for 2 March.
const isDay = (text: string): boolean => {
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}
const readTime: Read = (text) => {
  const time = timePattern.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(time) || !isDay(text.slice(0, 10))
    ? fault('must be a valid date-time')
    : { value: new Date(time).toISOString() }
}

const readBoolean: Read = (text) =>
  text === 'true' || text === 'false'
    ? { value: text === 'true' }
    : fault('must be one of: true, false')

const readInteger = ({ minimum, maximum }: Schema): Read => {
  const low = minimum ?? Number.MIN_SAFE_INTEGER
  const high = maximum ?? Number.MAX_SAFE_INTEGER
  const sentence = `must be an integer from ${low} to ${high}`
  return (text) => {
    const value = /^-?(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : NaN
    return value >= low && value <= high ? { value } : fault(sentence)
  }
}

const readChoice = (choices: readonly string[]): Read => {
  const known = new Set(choices)
  const sentence = `must be one of: ${choices.join(', ')}`
  return (text) => (known.has(text) ? { value: text } : fault(sentence))
}

/** Control characters reach no database and no log. */
const controls = /\p{Cc}/u
const readString = ({ minLength = 0, maxLength = 4096, pattern }: Schema): Read => {
  const expression = pattern === undefined ? null : new RegExp(pattern, 'u')
  return (text) => {
    const length = text.length > maxLength ? [...text].length : text.length
    if (length > maxLength) return fault(`must have at most ${maxLength} characters`)
    if (length < minLength) return fault(`must have at least ${minLength} characters`)
    if (controls.test(text)) return fault('must not hold control characters')
    return expression && !expression.test(text) ? fault(`must match ${pattern}`) : { value: text }
  }
}

const readerOf = (schema: Schema): Read => {
  if (schema.type === 'integer') return readInteger(schema)
  if (schema.type === 'boolean') return readBoolean
  if (schema.enum) return readChoice(schema.enum)
  if (schema.format === 'uuid') return readUuid
  return schema.format === 'date-time' ? readTime : readString(schema)
}

interface Plan {
  readonly path: readonly (readonly [name: string, read: Read])[]
  readonly query: ReadonlyMap<string, Read>
  readonly required: readonly string[]
  readonly excludes: readonly (readonly [name: string, others: readonly string[]])[]
  readonly defaults: Readonly<Record<string, Value>>
}

const planOf = ({ parameters }: Operation): Plan => {
  const at = (place: Parameter['in']): Parameter[] => parameters.filter((one) => one.in === place)
  const query = at('query')
  return {
    path: at('path').map(({ name, schema }) => [name, readerOf(schema)] as const),
    query: new Map(query.map(({ name, schema }) => [name, readerOf(schema)])),
    required: query.filter(({ required }) => required).map(({ name }) => name),
    excludes: query.flatMap(({ name, 'x-rppam-excludes': others }) =>
      others === undefined ? [] : [[name, others] as const],
    ),
    defaults: Object.fromEntries(
      query.flatMap(({ name, schema }) =>
        schema.default === undefined ? [] : [[name, schema.default] as const],
      ),
    ),
  }
}

const plans = new Map<Operation, Plan>()

const planFor = (operation: Operation): Plan => {
  const plan = plans.get(operation) ?? planOf(operation)
  plans.set(operation, plan)
  return plan
}

/** Strict: a stray `%`, or bytes that are no UTF-8, give null. */
const decode = (text: string): string | null => {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

const readPath = (
  { path }: Plan,
  params: Readonly<Record<string, string>>,
  violations: Violation[],
): Record<string, string> => {
  const values: Record<string, string> = {}
  for (const [name, read] of path) {
    const text = decode(params[name] ?? '')
    const result = text === null ? fault('is not percent-encoded UTF-8') : read(text)
    if ('fault' in result) violations.push({ pointer: `/path/${name}`, message: result.fault })
    else values[name] = String(result.value)
  }
  return values
}

/** As in HTML forms: `+` is a space, a piece without `=` has an empty value. */
const splitPair = (piece: string): [name: string | null, value: string | null] => {
  const spaced = piece.includes('+') ? piece.replaceAll('+', ' ') : piece
  const at = spaced.indexOf('=')
  return at < 0 ? [decode(spaced), ''] : [decode(spaced.slice(0, at)), decode(spaced.slice(at + 1))]
}

const readPair = (
  plan: Plan,
  piece: string,
  seen: Set<string>,
  values: Record<string, Value>,
): Violation | null => {
  const [name, text] = splitPair(piece)
  const read = name === null ? undefined : plan.query.get(name)
  if (!read || name === null) return { pointer: '/query', message: 'unknown parameter' }
  const pointer = `/query/${name}`
  if (seen.has(name)) return { pointer, message: 'is given more than once' }
  seen.add(name)
  const result = text === null ? fault('is not percent-encoded UTF-8') : read(text)
  if ('fault' in result) return { pointer, message: result.fault }
  values[name] = result.value
  return null
}

/** More pieces than any operation has parameters: refused without reading them. */
const maximalPieces = 64

const readQuery = (plan: Plan, raw: string, violations: Violation[]): Plan['defaults'] => {
  if (raw === '' && plan.required.length === 0) return plan.defaults
  const values: Record<string, Value> = { ...plan.defaults }
  const seen = new Set<string>()
  const pieces = raw.split('&', maximalPieces + 1)
  if (pieces.length > maximalPieces)
    violations.push({ pointer: '/query', message: 'too many parameters' })
  else
    for (const piece of pieces) {
      const violation = piece === '' ? null : readPair(plan, piece, seen, values)
      if (violation) violations.push(violation)
    }
  for (const name of plan.required)
    if (!seen.has(name)) violations.push({ pointer: `/query/${name}`, message: 'is required' })
  violations.push(...excluded(plan, seen))
  return values
}

const excluded = ({ excludes }: Plan, seen: ReadonlySet<string>): Violation[] =>
  excludes
    .filter(([name]) => seen.has(name))
    .flatMap(([name, others]) =>
      others
        .filter((other) => seen.has(other))
        .map((other) => ({ pointer: `/query/${name}`, message: `must not be beside ${other}` })),
    )

/** `params` as match() gives them; `rawQuery` is what follows the `?`, or ''. */
export const readParameters = (
  operation: Operation,
  params: Readonly<Record<string, string>>,
  rawQuery: string,
): Parameters => {
  const plan = planFor(operation)
  const violations: Violation[] = []
  const path = readPath(plan, params, violations)
  const query = readQuery(plan, rawQuery, violations)
  return { path, query, violations }
}
