// What must hold of the contract beyond being OpenAPI. Each rule answers sentences; none means it holds.
import { operationsOf } from './bundle.mjs'
import { undescribed } from './described.mjs'
import { exampleFaults, missingExamples } from './examples.mjs'

const planes = ['public', 'front', 'tenant', 'management', 'any']
const audiences = ['none', 'tenant', 'msp', 'any']
const tenantRoles = ['pam_admin', 'pam_approver', 'pam_user', 'pam_auditor', 'service_account']
const rolesOf = {
  none: [],
  tenant: tenantRoles,
  msp: ['msp_admin'],
  any: ['msp_admin', ...tenantRoles],
}
// engine/front/route/parameters.ts checks these by hand; anything else would be ignored there in silence.
const parameterKeywords = new Set([
  'type',
  'format',
  'enum',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'default',
  'description',
])
const parameterTypes = ['string', 'integer', 'boolean']
const parameterFormats = [undefined, 'uuid', 'date-time']

const objectsIn = (value, where = '#') =>
  typeof value !== 'object' || value === null
    ? []
    : [
        [where, value],
        ...Object.entries(value).flatMap(([key, inner]) => objectsIn(inner, `${where}/${key}`)),
      ]

/** The target of a local reference, or undefined. */
export const follow = (contract, reference) =>
  reference.startsWith('#/')
    ? reference
        .slice(2)
        .split('/')
        .reduce((value, key) => value?.[key], contract)
    : undefined

const references = (contract) =>
  objectsIn(contract)
    .filter(([, value]) => typeof value.$ref === 'string')
    .filter(([, value]) => follow(contract, value.$ref) === undefined)
    .map(([where, value]) => `${where}: ${value.$ref} leads nowhere`)

const circles = (contract) => {
  const visit = (value, trail) => {
    if (typeof value !== 'object' || value === null) return []
    if (typeof value.$ref !== 'string')
      return Object.values(value).flatMap((inner) => visit(inner, trail))
    if (trail.includes(value.$ref)) return [`${value.$ref} refers to itself`]
    return visit(follow(contract, value.$ref), [...trail, value.$ref])
  }
  const names = Object.keys(contract.components.schemas ?? {})
  return names.flatMap((name) => visit({ $ref: `#/components/schemas/${name}` }, []))
}

const operationIds = (contract) => {
  const seen = new Set()
  return operationsOf(contract).flatMap(({ method, path, operation: { operationId } }) => {
    if (!/^[a-z][A-Za-z]*$/.test(operationId ?? ''))
      return [`${method} ${path}: no operationId in camelCase`]
    if (seen.has(operationId)) return [`${operationId} is used twice`]
    seen.add(operationId)
    return []
  })
}

const access = (contract) =>
  operationsOf(contract).flatMap(({ method, path, operation }) => {
    const found = operation['x-rppam']
    const at = `${method} ${path}`
    if (!found) return [`${at}: x-rppam is missing`]
    if (!planes.includes(found.plane))
      return [`${at}: x-rppam.plane is not one of ${planes.join(', ')}`]
    if (!audiences.includes(found.audience))
      return [`${at}: x-rppam.audience is not one of ${audiences.join(', ')}`]
    if (!Array.isArray(found.roles)) return [`${at}: x-rppam.roles is missing`]
    if (found.audience !== 'none' && found.roles.length === 0)
      return [`${at}: nobody may call this`]
    const strange = found.roles.filter((role) => !rolesOf[found.audience].includes(role))
    return strange.map((role) => `${at}: the role ${role} does not belong to this plane`)
  })

/** Planes whose operations demand a token, each with the client of the SDK that has them. */
const clients = { tenant: ['tenant'], management: ['management'], any: ['tenant', 'management'] }
const sdkPlace = /^[a-z][A-Za-z]*(\.[a-z][A-Za-z]*)?$/

/** Every operation of somebody who has signed in is a method of the SDK, and no two are the same. */
const sdkPlaces = (contract) => {
  const taken = new Set()
  return operationsOf(contract).flatMap(({ operation: { operationId, 'x-rppam': own } }) => {
    const places = (clients[own?.plane] ?? []).map((client) => `${client} ${own.sdk}`)
    if (places.length === 0) return own?.sdk ? [`${operationId}: the SDK has no such plane`] : []
    if (!sdkPlace.test(own.sdk ?? '')) return [`${operationId}: x-rppam.sdk names no place`]
    const twice = places.some((place) => taken.has(place))
    for (const place of places) taken.add(place)
    return twice ? [`${operationId}: the SDK's ${own.sdk} is used twice`] : []
  })
}

const errorCodes = (contract) =>
  operationsOf(contract).flatMap(({ operation }) =>
    (operation['x-rppam']?.errors ?? [])
      .filter((code) => !Object.hasOwn(contract['x-rppam-errors'], code))
      .map((code) => `${operation.operationId}: the error ${code} is not in the catalogue`),
  )

const parameterFaults = (at, { name, in: place, required, schema }, path) => [
  ...(place === 'path' && !(required && path.includes(`{${name}}`))
    ? [`${at}: not a required part of the path`]
    : []),
  ...(place === 'header'
    ? []
    : Object.keys(schema).filter((key) => !parameterKeywords.has(key))
  ).map((key) => `${at}: the front does not check ${key}`),
  ...(parameterTypes.includes(schema.type)
    ? []
    : [`${at}: the front does not read ${schema.type}`]),
  ...(parameterFormats.includes(schema.format)
    ? []
    : [`${at}: the front does not check ${schema.format}`]),
]

const parameters = (contract) =>
  operationsOf(contract).flatMap(({ path, operation }) => {
    const whole = (one) => (one?.$ref ? follow(contract, one.$ref) : one)
    const found = (operation.parameters ?? [])
      .map(whole)
      .filter(Boolean)
      .map((one) => ({ ...one, schema: whole(one.schema) }))
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const missing = inPath.filter(
      (name) => !found.some((one) => one.in === 'path' && one.name === name),
    )
    return [
      ...missing.map(
        (name) => `${operation.operationId}: the path parameter ${name} is not described`,
      ),
      ...found.flatMap((one) =>
        parameterFaults(`${operation.operationId}: ${one.name}`, one, path),
      ),
    ]
  })

/** Lists that change while they are walked are walked by id; `page` and `after` say different places. */
const walks = (contract) =>
  operationsOf(contract).flatMap(({ operation: { operationId, parameters = [] } }) => {
    const found = parameters.map((one) => (one.$ref ? follow(contract, one.$ref) : one))
    const named = (name) => found.find((one) => one?.in === 'query' && one.name === name)
    const unknown = found
      .flatMap((one) => one?.['x-rppam-excludes'] ?? [])
      .filter((name) => !named(name))
      .map((name) => `${operationId}: it excludes ${name}, which it does not have`)
    const isPaged = named('page') && !named('after')?.['x-rppam-excludes']?.includes('page')
    return [...unknown, ...(isPaged ? [`${operationId}: it has pages, and no walk by after`] : [])]
  })

const closedBodies = (contract) =>
  operationsOf(contract).flatMap(({ operation }) => {
    const schema = operation.requestBody?.content?.['application/json']?.schema
    if (operation.requestBody && !schema)
      return [`${operation.operationId}: the body has no schema`]
    return openObjects(contract, schema).map(
      () => `${operation.operationId}: an object of the body is open`,
    )
  })

const openObjects = (contract, schema) => {
  if (!schema || typeof schema !== 'object') return []
  if (schema.$ref) return openObjects(contract, follow(contract, schema.$ref))
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...['items', 'additionalProperties'].map((key) => schema[key]),
    ...['oneOf', 'anyOf', 'allOf'].flatMap((key) => schema[key] ?? []),
  ].flatMap((one) => openObjects(contract, one))
  const open = schema.type === 'object' && [undefined, true].includes(schema.additionalProperties)
  return open ? [schema, ...inner] : inner
}

const boundedBodies = (contract) =>
  operationsOf(contract)
    .filter(
      ({ operation }) => operation.requestBody && !(operation['x-rppam']?.body?.tokens < Infinity),
    )
    .map(
      ({ operation }) => `${operation.operationId}: the body has a list or a map without a limit`,
    )

const answers = (contract) =>
  operationsOf(contract)
    .filter(
      ({ operation }) =>
        !Object.keys(operation.responses ?? {}).some((status) => /^[23]/.test(status)),
    )
    .map(({ operation }) => `${operation.operationId}: no answer of success`)

/** Everything that is wrong, as sentences. Rules that need references to resolve run only when they do. */
export const lint = (contract, examples) => {
  const broken = references(contract)
  if (broken.length > 0) return broken
  const rules = [
    circles,
    operationIds,
    access,
    sdkPlaces,
    errorCodes,
    parameters,
    walks,
    closedBodies,
    boundedBodies,
    answers,
    undescribed,
    missingExamples,
  ]
  return [...rules.flatMap((rule) => rule(contract)), ...exampleFaults(contract, examples)]
}
