// The page at /docs, whole and static: no script, nothing from elsewhere, its one style element allowed by its hash.
import { readFileSync } from 'node:fs'
import { operationsOf } from './bundle.mjs'
import { follow } from './lint.mjs'

const style = readFileSync(new URL('style.css', import.meta.url), 'utf8')

const escape = (text) =>
  String(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

/** Descriptions: text, with `code`. */
const prose = (text) => escape(text ?? '').replace(/`([^`]+)`/g, '<code>$1</code>')
const paragraph = (text) => (text ? `<p>${prose(text)}</p>` : '')

const nameOf = (reference) => reference.split('/').at(-1)
const link = (name) => `<a href="#schema-${name}">${name}</a>`

const typeOf = (schema) => {
  if (!schema) return ''
  if (schema.$ref) return link(nameOf(schema.$ref))
  if (schema.oneOf || schema.anyOf)
    return (schema.oneOf ?? schema.anyOf)
      .map((one) => (one.title ? escape(one.title) : typeOf(one)))
      .join(' or ')
  if (schema.type === 'array') return `array of ${typeOf(schema.items)}`
  if (schema.enum) return schema.enum.map((choice) => `<code>${escape(choice)}</code>`).join(' | ')
  if (typeof schema.additionalProperties === 'object')
    return `map of ${typeOf(schema.additionalProperties)}`
  return [schema.type].flat().join(' or ') + (schema.format ? ` (${schema.format})` : '')
}

const range = (low, high, unit) => {
  if (low === undefined && high === undefined) return []
  if (low === undefined) return [`at most ${high}${unit}`]
  return [high === undefined ? `at least ${low}${unit}` : `${low}–${high}${unit}`]
}

const limitsOf = (schema) =>
  [
    ...range(schema.minLength, schema.maxLength, ' characters'),
    ...range(schema.minimum, schema.maximum, ''),
    ...range(schema.minItems, schema.maxItems, ' items'),
    ...(schema.pattern ? [`<code>${escape(schema.pattern)}</code>`] : []),
    ...(schema.uniqueItems ? ['nothing twice'] : []),
    ...(schema.default === undefined ? [] : [`default <code>${escape(schema.default)}</code>`]),
  ].join(', ')

const row = (name, schema, isRequired, description) =>
  `<tr><td><code${isRequired ? ' class="required"' : ''}>${escape(name)}</code></td><td>${typeOf(schema)}</td>` +
  `<td>${[prose(description ?? schema.description), limitsOf(schema)].filter(Boolean).join(' ')}</td></tr>`

const table = (rows) =>
  rows.length === 0
    ? ''
    : `<table><tr><th>name</th><th>type</th><th></th></tr>${rows.join('')}</table>`

const propertyRows = (schema, prefix = '') =>
  Object.entries(schema.properties ?? {}).flatMap(([name, one]) => [
    row(prefix + name, one, schema.required?.includes(name)),
    ...propertyRows(one, `${prefix}${name}.`),
  ])

const shape = (schema) => {
  const choices = schema.oneOf ?? schema.anyOf
  if (choices)
    return choices
      .map((one) => `<p>${one.$ref ? typeOf(one) : escape(one.title)}</p>${shape(one)}`)
      .join('')
  const rows = propertyRows(schema)
  return rows.length > 0 ? table(rows) : ''
}

const schemaSection = ([name, schema]) =>
  `<article id="schema-${name}"><h3><code>${name}</code></h3>${paragraph(schema.description)}` +
  `${shape(schema) || `<p>${typeOf(schema)} ${limitsOf(schema)}</p>`}</article>`

const parametersOf = (contract, operation) =>
  (operation.parameters ?? []).map((one) => (one.$ref ? follow(contract, one.$ref) : one))

const parameterTable = (contract, operation) => {
  const rows = parametersOf(contract, operation).map((one) =>
    row(one.name, one.schema, one.required, `In ${one.in}. ${one.description ?? ''}`),
  )
  return rows.length > 0 ? `<h4>Parameters</h4>${table(rows)}` : ''
}

const bodySection = ({ requestBody }) => {
  if (!requestBody) return ''
  const { schema } = requestBody.content['application/json']
  const required = requestBody.required ? '' : ' (optional)'
  return `<h4>Body${required}</h4>${schema.$ref ? `<p>${typeOf(schema)}</p>` : shape(schema) || `<p>${typeOf(schema)}</p>`}`
}

const answerRow = ([status, { description, headers, content }]) => {
  const bodies = Object.entries(content ?? {}).map(
    ([type, { schema }]) => `${typeOf(schema)} <small>${type}</small>`,
  )
  const named = Object.keys(headers ?? {}).map((name) => `<code>${name}</code>`)
  const extra = named.length > 0 ? ` <small>Headers: ${named.join(', ')}</small>` : ''
  return `<tr><td>${status}</td><td>${bodies.join('<br>')}</td><td>${prose(description)}${extra}</td></tr>`
}

const answerTable = ({ responses }) =>
  `<h4>Answers</h4><table>${Object.entries(responses).map(answerRow).join('')}</table>`

const sample = (text) => text.replaceAll("'", String.raw`'\''`)

const curl = (contract, method, path, operation) => {
  const query = parametersOf(contract, operation)
    .filter((one) => one.in === 'query' && one.required)
    .map((one) => `${one.name}=…`)
  const address = `$RPPAM${path.replaceAll(/\{(\w+)\}/g, '$$$1')}${query.length > 0 ? `?${query.join('&')}` : ''}`
  const body = operation.requestBody?.content['application/json'].example
  const verb = method === 'get' ? [] : [`-X ${method.toUpperCase()}`]
  const lines = [
    ['curl -s', ...verb, `"${address}"`].join(' '),
    ...(operation.security.length > 0 ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...(body
      ? ["-H 'Content-Type: application/json'", `-d '${sample(JSON.stringify(body))}'`]
      : []),
  ]
  return `<pre>${escape(lines.join(' \\\n  '))}</pre>`
}

const example = ({ responses }) => {
  const found = Object.values(responses)
    .map((one) => one.content?.['application/json']?.example)
    .find(Boolean)
  return found ? `<h4>Example</h4><pre>${escape(JSON.stringify(found, null, 2))}</pre>` : ''
}

const who = ({ 'x-rppam': { audience, roles } }) =>
  audience === 'none'
    ? 'Without a token.'
    : `Roles: ${roles.map((role) => `<code>${role}</code>`).join(', ')}.`

const operationSection = (contract, { method, path, operation }) =>
  `<article id="${operation.operationId}"><h3><span class="method">${method.toUpperCase()}</span> <code>${escape(path)}</code></h3>` +
  `<p><strong>${escape(operation.summary)}.</strong> ${prose(operation.description)}</p><p class="who">${who(operation)}</p>` +
  parameterTable(contract, operation) +
  bodySection(operation) +
  `<h4>curl</h4>${curl(contract, method, path, operation)}` +
  answerTable(operation) +
  `${example(operation)}</article>`

const errorTable = (errors) =>
  table(
    Object.entries(errors).map(
      ([code, { status, title }]) =>
        `<tr><td><code>${code}</code></td><td>${status}</td><td>${escape(title)}</td></tr>`,
    ),
  )

const byTag = (contract) =>
  contract.tags.map((tag) => ({
    ...tag,
    found: operationsOf(contract).filter(({ operation }) => operation.tags?.includes(tag.name)),
  }))

const navigation = (tags) =>
  tags
    .map(({ name, found }) => {
      const entries = found.map(
        ({ operation }) =>
          `<li><a href="#${operation.operationId}">${escape(operation.summary)}</a></li>`,
      )
      return `<strong>${name}</strong><ul>${entries.join('')}</ul>`
    })
    .join('')

/** The page of a contract that has passed lint. */
export const page = (contract) => {
  const tags = byTag(contract)
  const sections = tags.map(
    ({ name, description, found }) =>
      `<h2 id="tag-${name}">${name}</h2>${paragraph(description)}${found.map((one) => operationSection(contract, one)).join('')}`,
  )
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(contract.info.title)}</title>` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><style>${style}</style></head><body>` +
    `<nav>${navigation(tags)}<a href="#errors">Errors</a><br><a href="#schemas">Schemas</a></nav><main>` +
    `<h1>${escape(contract.info.title)} ${escape(contract.info.version)}</h1>${paragraph(contract.info.description)}` +
    `<p>The same as a document: <a href="/openapi.json">/openapi.json</a>. In the examples <code>$RPPAM</code> is the address of the engine.</p>` +
    `${sections.join('')}<h2 id="errors">Errors</h2>${errorTable(contract['x-rppam-errors'])}` +
    `<h2 id="schemas">Schemas</h2>${Object.entries(contract.components.schemas).map(schemaSection).join('')}</main></body></html>\n`
  )
}
