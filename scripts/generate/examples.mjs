// Examples of bodies and answers stand apart from the operations that they show, in openapi/examples/<tag>.yaml:
// operationId → { body, answers: { <status>: … } }. They are merged into the contract, where a reader finds both.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { operationsOf } from './bundle.mjs'

/** JSON, or what is answered instead of it. */
const mediaOf = (described) =>
  described?.content?.['application/json'] ?? Object.values(described?.content ?? {})[0]

const examplesOf = (tag, [operationId, { body, answers = {}, ...unknown }]) => [
  ...(body === undefined ? [] : [{ tag, operationId, place: 'body', value: body }]),
  ...Object.entries(answers).map(([place, value]) => ({ tag, operationId, place, value })),
  ...Object.keys(unknown).map((place) => ({ tag, operationId, place, value: undefined })),
]

/** All as { tag, operationId, place, value }; `place` is 'body' or the status of an answer. */
export const readExamples = (folder) =>
  readdirSync(join(folder, 'examples'))
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => {
      const examples = parse(readFileSync(join(folder, 'examples', file), 'utf8'), { merge: true })
      const tag = file.slice(0, -'.yaml'.length)
      return Object.entries(examples ?? {}).flatMap((example) => examplesOf(tag, example))
    })

/** The media object that `example` belongs into, or undefined. */
const placeOf = (operations, { operationId, place }) => {
  const operation = operations.get(operationId)
  return mediaOf(place === 'body' ? operation?.requestBody : operation?.responses?.[place])
}

const byId = (contract) =>
  new Map(operationsOf(contract).map(({ operation }) => [operation.operationId, operation]))

/** Puts each example where it belongs; one that belongs nowhere is lint's to tell. */
export const placeExamples = (contract, examples) => {
  const operations = byId(contract)
  for (const example of examples) {
    const media = placeOf(operations, example)
    if (media) media.example ??= example.value
  }
}

const faultOf = (operations, example) => {
  const { tag, operationId, place } = example
  const operation = operations.get(operationId)
  if (!operation) return `examples/${tag}.yaml: there is no operation ${operationId}`
  if (!operation.tags?.includes(tag)) return `${operationId}: its example is in ${tag}.yaml`
  if (!placeOf(operations, example)) return `${operationId}: an example of ${place}, which is none`
  return undefined
}

const placesOf = ({ operationId, requestBody, responses }) =>
  [['body', requestBody], ...Object.entries(responses ?? {})]
    .filter(([, described]) => mediaOf(described)?.example !== undefined)
    .map(([place, described]) => ({ operationId, place, value: mediaOf(described).example }))

/** Sentences about examples without a place, and about places whose example stands elsewhere. */
export const exampleFaults = (contract, examples) => {
  const operations = byId(contract)
  const strays = [...operations.values()]
    .flatMap(placesOf)
    .filter(({ value }) => examples.every((one) => one.value !== value))
    .map(({ operationId, place }) => `${operationId}: the example of ${place} is not in examples/`)
  return [...examples.map((one) => faultOf(operations, one)).filter(Boolean), ...strays]
}

/** The body and each answer of success that has content, of one operation. */
const shownPlaces = ({ operationId, requestBody, responses }) =>
  [['body', requestBody], ...Object.entries(responses).filter(([status]) => status.startsWith('2'))]
    .filter(([, described]) => mediaOf(described))
    .map(([place, described]) => ({ operationId, place, shown: mediaOf(described).example }))

/** Sentences about what a reader would look for an example of, in vain. */
export const missingExamples = (contract) =>
  operationsOf(contract)
    .flatMap(({ operation }) => shownPlaces(operation))
    .filter(({ shown }) => shown === undefined)
    .map(({ operationId, place }) => `${operationId}: ${place} has no example`)
