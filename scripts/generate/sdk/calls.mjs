// A function for each operation: its request, by the client that carries calls out. Resources are made of these.
import { withImports } from './imports.mjs'
import { operationComment } from './jsdoc.mjs'
import { optionsInterface, optionsName, ownOptions, positional } from './signature.mjs'
import { namesIn } from './typescript-types.mjs'

/** Lists are asked for page by page; where a page begins is the listing's to say. */
const optionsType = (operation) => {
  const name = optionsName(operation)
  if (operation.shape === 'walk') return `${name} & { readonly after: string }`
  if (operation.shape === 'cursor') return `Omit<${name}, 'pageSize'> & CursorPlace`
  return name
}

const names = (list) => list.map(({ name }) => name)

/** How the options are taken apart, and what of them goes into the query. */
const optionsOf = (operation) => {
  const own = ownOptions(operation).length > 0
  const apart = [...(operation.ifMatch ? ['ifMatch'] : []), ...names(operation.members)]
  const rest = own && operation.query.length > 0
  const pattern = ['signal', 'timeoutMs', ...apart, ...(rest ? ['...query'] : [])].join(', ')
  return own
    ? { pattern: `{ ${pattern} }`, call: '{ signal, timeoutMs }', rest }
    : { pattern: 'options', call: 'options', rest }
}

const braced = (parts) => `{ ${parts.join(', ')} }`

const queryOf = ({ required }, rest) => [...names(required), ...(rest ? ['...given(query)'] : [])]

const paramsOf = (operation, rest) => {
  const query = queryOf(operation, rest)
  const parts = [
    ...(operation.segments.length > 0 ? [`path: ${braced(names(operation.segments))}`] : []),
    ...(query.length > 0 ? [`query: ${braced(query)}`] : []),
    ...(operation.ifMatch ? ['header: ifMatchOf(ifMatch)'] : []),
  ]
  return parts.length > 0 ? [`params: ${braced(parts)}`] : []
}

const bodyOf = ({ body, members }) => {
  if (members.length > 0) return [`...bodyOf(${braced(names(members))})`]
  if (!body) return []
  // The contract's types take lists that may be changed.
  return [body.isList ? 'body: [...body]' : 'body']
}

const answered = ({ answer }) => (answer.isText ? 'Text' : (answer.type ?? 'unknown'))

const call = (operation) => {
  const { pattern, call, rest } = optionsOf(operation)
  const { operationId, method, path, isRead, shape } = operation
  const needsOptions = shape === 'walk' || shape === 'cursor'
  const options = `${pattern}: ${optionsType(operation)}${needsOptions ? '' : ' = {}'}`
  const init = braced([
    ...paramsOf(operation, rest),
    ...bodyOf(operation),
    ...(shape === 'text' ? ["parseAs: 'text'"] : []),
    '...attempt',
  ])
  const parameters = ['caller: Caller', ...positional(operation), options]
  const request = `api.${method}('${path}', ${init})${shape === 'text' ? '.then(asText)' : ''}`
  return `${operationComment(operation)}export const ${operationId} = (
${parameters.map((one) => `  ${one},\n`).join('')}): Promise<Reply<${answered(operation)}>> =>
  caller.${isRead ? 'read' : 'write'}('${operationId}', ${call}, (api, attempt) =>
    ${request},
  )
`
}

const typesIn = (operations) =>
  namesIn(
    operations.flatMap((one) => [
      one.answer.type,
      one.body?.type,
      ...[...one.query, ...one.required, ...one.members].map(({ type }) => type),
    ]),
  ).sort()

const placeOfCursor = `interface CursorPlace {
  readonly limit: number
  readonly after?: string | undefined
}
`

export const callsSource = (operations) =>
  withImports(
    [placeOfCursor, ...operations.flatMap((one) => [optionsInterface(one), call(one)])]
      .filter(Boolean)
      .join('\n'),
    [
      { from: '../call/caller.js', types: ['Caller'] },
      { from: '../call/etag.js', values: ['ifMatchOf'] },
      { from: '../call/exchange.js', types: ['Reply'] },
      { from: '../call/given.js', values: ['bodyOf', 'given'] },
      { from: '../call/text.js', values: ['asText'], types: ['Text'] },
      { from: '../options.js', types: ['CallOptions'] },
      { from: './schemas.js', types: typesIn(operations) },
    ],
  )
