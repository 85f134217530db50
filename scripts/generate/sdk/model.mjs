// The contract's operations as the SDK has them: where each is, what it takes, what it answers. Throws for one that the
// SDK's rules cannot express, so that it is changed in the contract, or the rule is added here.
import { operationsOf } from '../bundle.mjs'
import { follow } from '../lint.mjs'
import { typeOf } from './typescript-types.mjs'

const resolved = (contract, one) => (one?.$ref ? follow(contract, one.$ref) : one)

const namedAs = ({ name, description, schema }) => ({
  name,
  description,
  type: typeOf(schema),
  maximum: schema.maximum,
})

const parametersOf = (contract, { parameters = [] }) => {
  const found = parameters.map((one) => resolved(contract, one))
  const inQuery = found.filter((one) => one.in === 'query')
  return {
    segments: found.filter((one) => one.in === 'path').map(namedAs),
    required: inQuery.filter((one) => one.required).map(namedAs),
    query: inQuery.filter((one) => !one.required).map(namedAs),
    ifMatch: found.find((one) => one.name === 'If-Match') ?? null,
  }
}

const jsonOf = (described) => described?.content?.['application/json']?.schema

/** A body that may be left out is given by its members, among the options. */
const membersOf = (contract, schema) =>
  Object.entries(resolved(contract, schema).properties).map(([name, member]) => ({
    name,
    description: member.description,
    type: typeOf(member),
  }))

const bodyOf = (contract, { requestBody }) => {
  const schema = jsonOf(requestBody)
  if (!schema) return { body: null, members: [] }
  if (!requestBody.required) return { body: null, members: membersOf(contract, schema) }
  return { body: { type: typeOf(schema), isList: schema.type === 'array' }, members: [] }
}

const readable = ['application/json', 'text/plain', 'application/x-ndjson']

/** One answer of success: JSON, plain text, or none. */
const answerOfStatus = ({ content, headers }) => {
  const schema = jsonOf({ content })
  const types = Object.keys(content ?? {})
  if (types.length > 0 && !types.some((type) => readable.includes(type)))
    throw new Error(`the SDK does not read ${types.join(', ')}`)
  return {
    type: schema ? typeOf(schema, { answered: true }) : null,
    row: schema?.type === 'array' ? typeOf(schema.items) : null,
    isText: !schema && types.length > 0,
    hasTag: headers?.ETag !== undefined,
  }
}

const answerOf = ({ responses }) => {
  const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'))
  const [first, ...others] = successes.map(([, answer]) => answerOfStatus(answer))
  if (others.some(({ type }) => type !== first.type))
    throw new Error('the SDK answers one type, whatever the status of success')
  return { ...first, statuses: successes.map(([status]) => Number(status)) }
}

/** What the SDK makes of an answer, beyond handing it on. */
const shapeOf = ({ plane }, { query }, { statuses, row, hasTag, isText, type }) => {
  const has = (name) => query.some((one) => one.name === name)
  // The session's own, and a list whose ETag has no place in it: what those answer is said by hand.
  if (plane === 'any' || (row && hasTag)) return 'by hand'
  if (has('page') && has('after')) return 'walk'
  if (has('limit') && has('after')) return 'cursor'
  if (statuses.includes(202)) return 'started'
  if (isText) return 'text'
  return type === null ? 'nothing' : 'data'
}

const modelOf = (contract, { method, path, operation }) => {
  const own = operation['x-rppam']
  const parameters = parametersOf(contract, operation)
  const answer = answerOf(operation)
  const [name, resource = null] = own.sdk.split('.').reverse()
  return {
    operationId: operation.operationId,
    tag: operation.tags[0],
    method: method.toUpperCase(),
    path,
    plane: own.plane,
    resource,
    name,
    summary: operation.summary,
    description: operation.description,
    errors: own.errors,
    isRead: method === 'get' || own.safe === true,
    ...parameters,
    ...bodyOf(contract, operation),
    answer,
    shape: shapeOf(own, parameters, answer),
  }
}

const named = (contract, one) => {
  try {
    return modelOf(contract, one)
  } catch (error) {
    throw new Error(`${one.operation.operationId}: ${error.message}`)
  }
}

/** Of all operations that have a place in the SDK, in the contract's order. */
export const sdkOperations = (contract) =>
  operationsOf(contract)
    .filter(({ operation }) => operation['x-rppam'].sdk)
    .map((one) => named(contract, one))
