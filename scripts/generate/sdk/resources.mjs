// The classes of one client: a resource for each first word of `x-rppam.sdk`, a method for each operation. What is more
// than a call is abstract here and written by hand in a class below; a class with none of that is whole.
import { withImports } from './imports.mjs'
import { comment, operationComment } from './jsdoc.mjs'
import { optionsName, passed, positional } from './signature.mjs'
import { namesIn } from './typescript-types.mjs'

const pascal = (name) => name[0].toUpperCase() + name.slice(1)
const className = (resource) => `${pascal(resource)}Calls`

const handed = (operation, options = 'options') =>
  `calls.${operation.operationId}(${['this.#caller', ...passed(operation), options].join(', ')})`

const results = {
  data: (operation) => [operation.answer.type, `return (await ${handed(operation)}).data`],
  text: (operation) => ['string', `return (await ${handed(operation)}).data.text`],
  nothing: (operation) => ['void', `await ${handed(operation)}`],
  started: (operation) => [
    'Started',
    `return startedBy(this.#caller, (await ${handed(operation)}).data)`,
  ],
}

const simpleMethod = (operation) => {
  const [type, body] = results[operation.shape](operation)
  const parameters = [...positional(operation), `options: ${optionsName(operation)} = {}`]
  return `  async ${operation.name}(${parameters.join(', ')}): Promise<${type}> {
    ${body}
  }
`
}

const listings = {
  walk: ['walkedListing', '(after)', '{ ...options, pageSize, after }', ', pageSize'],
  cursor: [
    'cursorListing',
    '(after)',
    '{ ...options, limit: pageSize, after: after ?? undefined }',
    '',
  ],
}

const listMethod = (operation) => {
  const [listing, place, options, size] = listings[operation.shape]
  const { operationId, name, answer } = operation
  const parameters = [
    ...positional(operation),
    `{ pageSize = defaultPageSize, ...options }: ${optionsName(operation)} = {}`,
  ]
  return `  ${name}(${parameters.join(', ')}): Listing<${answer.row}> {
    return ${listing}('${operationId}'${size}, ${place} => ${handed(operation, options)})
  }
`
}

const abstractMethod = (operation) => {
  const parameters = [...positional(operation), `options?: ${optionsName(operation)}`]
  return `  abstract ${operation.name}(${parameters.join(', ')}): Promise<unknown>\n`
}

const methodOf = (operation) => {
  if (operation.shape === 'by hand') return abstractMethod(operation)
  return operation.shape in listings ? listMethod(operation) : simpleMethod(operation)
}

const method = (operation) => `${operationComment(operation, 2)}${methodOf(operation)}`

const isAbstract = (operations) => operations.some(({ shape }) => shape === 'by hand')

const callerField = '  readonly #caller: Caller\n'

const resourceClass = (resource, operations, description) => `${comment([description])}export ${
  isAbstract(operations) ? 'abstract ' : ''
}class ${className(resource)} {
${callerField}
  constructor(caller: Caller) {
    this.#caller = caller
  }

${operations.map(method).join('\n')}}
`

const field = ([resource, { operations, description }]) =>
  `${comment([description], 2)}  ${isAbstract(operations) ? 'abstract ' : ''}readonly ${resource}: ${className(resource)}\n`

const clientClass = (client, own, resources) => {
  const whole = resources.filter(([, { operations }]) => !isAbstract(operations))
  const made = whole.map(
    ([resource]) => `    this.${resource} = new ${className(resource)}(caller)\n`,
  )
  const usesCaller = own.some(({ shape }) => shape !== 'by hand')
  return `${comment([`What a client of the ${client} plane can ask for.`])}export abstract class ${pascal(client)}ClientCalls {
${usesCaller ? callerField : ''}${resources.map(field).join('')}
  constructor(caller: Caller) {
${usesCaller ? '    this.#caller = caller\n' : ''}${made.join('')}  }

${own.map(method).join('\n')}}
`
}

const resourcesIn = (operations, tags) => {
  const found = new Map()
  for (const operation of operations.filter(({ resource }) => resource !== null)) {
    const description = tags.find(({ name }) => name === operation.tag)?.description
    const one = found.get(operation.resource) ?? { description, operations: [] }
    one.operations.push(operation)
    found.set(operation.resource, one)
  }
  return [...found]
}

const modulesOf = (operations) => [
  { from: '../call/caller.js', types: ['Caller'] },
  {
    from: '../listing.js',
    values: ['cursorListing', 'defaultPageSize', 'walkedListing'],
    types: ['Listing'],
  },
  { from: '../management/started.js', values: ['startedBy'], types: ['Started'] },
  { from: '../options.js', types: ['CallOptions'] },
  { from: './calls.js', all: 'calls' },
  {
    from: './calls.js',
    types: operations.map(optionsName).filter((name) => name !== 'CallOptions'),
  },
  {
    from: './schemas.js',
    types: namesIn(operations.flatMap(({ answer, body }) => [answer.type, body?.type])),
  },
]

/** `client`: tenant or management; `operations`: those it has, of either plane among them. */
export const resourcesSource = (client, operations, tags) => {
  const resources = resourcesIn(operations, tags)
  const own = operations.filter(({ resource }) => resource === null)
  const classes = resources.map(([resource, one]) =>
    resourceClass(resource, one.operations, one.description),
  )
  const text = [...classes, clientClass(client, own, resources)].join('\n')
  return withImports(text, modulesOf(operations))
}
