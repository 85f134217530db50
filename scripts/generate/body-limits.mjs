// How large a body an operation takes: bytes as the contract says (`x-rppam.body`), depth and tokens as its schema allows.
// A token is what JSON.parse makes a step for: an opening bracket, a comma, a colon.
import { follow } from './lint.mjs'

/** Most bodies are far smaller. */
const usualBytes = 16 * 1024
/** A wrong body of ordinary size is told what is wrong with it. */
const spare = { depth: 8, tokens: 1_000 }

const schemaOf = (contract, schema) => (schema?.$ref ? follow(contract, schema.$ref) : schema) ?? {}

const choicesOf = ({ oneOf, anyOf, allOf }) => [
  ...(oneOf ?? []),
  ...(anyOf ?? []),
  ...(allOf ?? []),
]

/** What a schema holds: { count, schema } each, `count` Infinity where nothing bounds it. */
const membersOf = ({ properties, additionalProperties, maxProperties, items, maxItems }) => [
  ...Object.values(properties ?? {}).map((schema) => ({ count: 1, named: true, schema })),
  ...(typeof additionalProperties === 'object'
    ? [{ count: maxProperties ?? Infinity, named: true, schema: additionalProperties }]
    : []),
  ...(items ? [{ count: maxItems ?? Infinity, named: false, schema: items }] : []),
]

const measure = (contract, reference) => {
  const schema = schemaOf(contract, reference)
  const members = membersOf(schema).map(({ count, named, schema: inner }) => {
    const { depth, tokens } = measure(contract, inner)
    return { depth: depth + 1, tokens: count * (tokens + (named ? 2 : 1)) }
  })
  const own = {
    depth: Math.max(0, ...members.map(({ depth }) => depth)),
    tokens: members.length === 0 ? 0 : members.reduce((sum, { tokens }) => sum + tokens, 1),
  }
  const choices = choicesOf(schema).map((choice) => measure(contract, choice))
  return {
    depth: Math.max(own.depth, ...choices.map(({ depth }) => depth)),
    tokens: Math.max(own.tokens, ...choices.map(({ tokens }) => tokens)),
  }
}

/** { bytes, depth, tokens }, or null for an operation without a body. */
export const bodyLimitsOf = (contract, { requestBody, 'x-rppam': own }) => {
  if (!requestBody) return null
  const { depth, tokens } = measure(contract, requestBody.content?.['application/json']?.schema)
  return {
    bytes: own.body?.bytes ?? usualBytes,
    depth: depth + spare.depth,
    tokens: tokens + spare.tokens,
  }
}
