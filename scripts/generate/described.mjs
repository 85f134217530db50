// Nobody has to guess: every operation, schema, parameter, header and error says what it is.
import { operationsOf } from './bundle.mjs'

const named = (contract, kind) =>
  Object.entries(contract.components[kind] ?? {}).map(([name, one]) => [`${kind}/${name}`, one])

const describable = (contract) => [
  ...operationsOf(contract).map(({ operation }) => [operation.operationId, operation]),
  ...['schemas', 'parameters', 'headers', 'securitySchemes'].flatMap((kind) =>
    named(contract, kind),
  ),
  ...operationsOf(contract).flatMap(({ operation }) =>
    (operation.parameters ?? [])
      .filter(({ $ref }) => !$ref)
      .map((one) => [`${operation.operationId}: ${one.name}`, one]),
  ),
]

const helpless = (contract) =>
  Object.entries(contract['x-rppam-errors'])
    .filter(([, { help }]) => !help)
    .map(([code]) => `${code}: no help in the catalogue`)

/** Sentences about what has no description. */
export const undescribed = (contract) => [
  ...describable(contract)
    .filter(([, one]) => !one.description?.trim())
    .map(([where]) => `${where}: no description`),
  ...helpless(contract),
]
