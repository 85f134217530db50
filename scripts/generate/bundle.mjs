// Merges the fragments of openapi/ into one document and adds to each operation what follows from its plane: the
// errors it can answer and the token it needs. Says nothing about whether the result is right: lint.mjs does.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { bodyLimitsOf } from './body-limits.mjs'
import { addProblems, problemExamples, problemList } from './problems.mjs'

export const methods = ['get', 'put', 'post', 'delete', 'patch']

/** Every operation of a document as { method, path, operation }. */
export const operationsOf = (contract) =>
  Object.entries(contract.paths).flatMap(([path, item]) =>
    methods
      .filter((method) => item[method])
      .map((method) => ({ method, path, operation: item[method] })),
  )

const read = (path) => parse(readFileSync(path, 'utf8'), { merge: true }) ?? {}

const addTo = (target, source, where) => {
  for (const [name, value] of Object.entries(source ?? {})) {
    if (Object.hasOwn(target, name)) throw new Error(`${where}: ${name} is defined twice`)
    target[name] = value
  }
}

const fragmentsIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.yaml') && !name.startsWith('examples/'))
    .sort()

const mergeFragments = (folder) => {
  const document = { paths: {}, components: {}, errors: {} }
  for (const file of fragmentsIn(folder)) {
    const { paths, components, errors, ...head } = read(join(folder, file))
    addTo(document, head, file)
    addTo(document.paths, paths, file)
    addTo(document.errors, errors, file)
    for (const [kind, members] of Object.entries(components ?? {}))
      addTo((document.components[kind] ??= {}), members, file)
  }
  return document
}

const audiences = { public: 'none', front: 'none', tenant: 'tenant', management: 'msp', any: 'any' }
// Many tokens that do not verify make their network wait.
const signedIn = ['unauthenticated', 'forbidden', 'rate_limited']
const worker = ['internal_error', 'control_unavailable', 'overloaded', 'shutting_down']
const ofPlane = {
  front: [],
  public: [
    'rate_limited',
    'database_unavailable',
    'audit_unavailable',
    'integrity_failure',
    ...worker,
  ],
  tenant: [
    'tenant_suspended',
    'database_unavailable',
    'audit_unavailable',
    'integrity_failure',
    ...worker,
  ],
  management: ['audit_unavailable', 'integrity_failure', ...worker],
  any: [
    'tenant_suspended',
    'database_unavailable',
    'audit_unavailable',
    'integrity_failure',
    ...worker,
  ],
}
/** Microseconds of a worker: of the request, and of each row that it may open. Estimates, for taking turns alone. */
const usualCost = { base: 100, row: 15 }
const withBody = [
  'malformed_body',
  'length_required',
  'payload_too_large',
  'unsupported_media_type',
  'unsupported_encoding',
]

const impliedErrors = (path, operation, { plane, audience }) => [
  'malformed_request',
  'validation_failed',
  'headers_too_large',
  ...(ofPlane[plane] ?? []),
  ...(audience === 'none' ? [] : signedIn),
  ...(path.startsWith('/api/v1/msp/') ? ['license_required'] : []),
  ...(path.includes('{') ? ['not_found'] : []),
  ...(operation.requestBody ? withBody : []),
  ...(operation.parameters?.some(({ $ref }) => $ref?.endsWith('/IfMatch'))
    ? ['precondition_failed']
    : []),
]

const complete = (contract, path, operation, catalogue) => {
  const own = operation['x-rppam']
  if (typeof own !== 'object' || own === null) return
  const audience = own.audience ?? audiences[own.plane]
  const order = Object.keys(catalogue)
  const errors = new Set([
    ...(own.errors ?? []),
    ...impliedErrors(path, operation, { ...own, audience }),
  ])
  operation['x-rppam'] = {
    plane: own.plane,
    audience,
    roles: own.roles,
    // Where the SDK has it, and whether it may be sent again there: nothing of the engine's.
    sdk: own.sdk,
    safe: own.safe,
    errors: [...errors].sort((a, b) => order.indexOf(a) - order.indexOf(b)),
    body: bodyLimitsOf(contract, operation),
    cost: { ...usualCost, ...own.cost },
  }
  operation.security = audience === 'none' ? [] : [{ bearer: [] }]
  operation.responses = { ...operation.responses }
  addProblems(operation, catalogue)
}

/** Of codes that no operation answers (the front does, before it finds one) the schema itself has the examples. */
const placeProblemExamples = ({ paths, components }, errors) => {
  const used = new Set(
    operationsOf({ paths }).flatMap(({ operation }) => operation['x-rppam']?.errors ?? []),
  )
  const examples = Object.entries(problemExamples(errors))
  components.examples = Object.fromEntries(examples.filter(([code]) => used.has(code)))
  components.schemas.Problem.examples = examples
    .filter(([code]) => !used.has(code))
    .map(([, { value }]) => value)
}

const describeErrors = (document, errors) => {
  document.info.description += `\n\n# Errors\n\n${problemList(errors)}`
  document.components.schemas.ErrorCode = {
    type: 'string',
    description:
      'What went wrong. The list is closed for a version of the engine; later ones may add to it.',
    enum: Object.keys(errors),
  }
  placeProblemExamples(document, errors)
  document['x-rppam-errors'] = errors
}

/** The contract, all but its examples (examples.mjs). References stay, all of them to '#/components/…'. */
export const bundle = (folder) => {
  // Anchors of YAML are shared objects: JSON makes each operation its own.
  const { errors, ...document } = JSON.parse(JSON.stringify(mergeFragments(folder)))
  for (const { path, operation } of operationsOf(document))
    complete(document, path, operation, errors)
  describeErrors(document, errors)
  return document
}
