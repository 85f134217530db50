// What a method takes, as TypeScript: ids and required parameters by their place, then the body, then options.
import { comment } from './jsdoc.mjs'

const pascal = (name) => name[0].toUpperCase() + name.slice(1)

const ofPages = new Set(['page', 'after', 'limit', 'pageSize'])
const isList = ({ shape }) => shape === 'walk' || shape === 'cursor'

const pageSizeOf = ({ query }) => {
  const { maximum } = query.find(({ name }) => name === 'pageSize' || name === 'limit')
  const description = `Rows asked for at once; 100, at most ${maximum}.`
  return { name: 'pageSize', type: 'number', description }
}

const ifMatchOption = {
  name: 'ifMatch',
  type: 'number | string',
  description:
    'The version that was read, or its ETag: if it has changed since, the call is refused (412 `precondition_failed`).',
}

/** Options beside those of every call. */
export const ownOptions = (operation) => [
  ...(isList(operation) ? [pageSizeOf(operation)] : []),
  ...operation.query.filter(({ name }) => !(isList(operation) && ofPages.has(name))),
  ...(operation.ifMatch ? [ifMatchOption] : []),
  ...operation.members,
]

export const optionsName = (operation) =>
  ownOptions(operation).length === 0 ? 'CallOptions' : `${pascal(operation.operationId)}Options`

/** The interface of an operation's own options, or nothing. */
export const optionsInterface = (operation) => {
  const options = ownOptions(operation)
  if (options.length === 0) return ''
  const place = [operation.resource, operation.name].filter(Boolean).join('.')
  const members = options.map(
    ({ name, type, description }) =>
      `${comment([description ?? `The contract's \`${name}\`.`], 2)}  readonly ${name}?: ${type} | undefined\n`,
  )
  const head = comment([`Options of \`${place}\`.`])
  return `${head}export interface ${optionsName(operation)} extends CallOptions {\n${members.join('')}}\n`
}

/** All but the options, as `name: type`. */
export const positional = ({ segments, required, body }) => [
  ...[...segments, ...required].map(({ name, type }) => `${name}: ${type}`),
  ...(body ? [`body: ${body.type}`] : []),
]

/** The same as they are passed on. */
export const passed = ({ segments, required, body }) => [
  ...[...segments, ...required].map(({ name }) => name),
  ...(body ? ['body'] : []),
]
