// TypeScript types of the contract, for the engine's handlers and for the SDK.
import openapiTS, { astToString } from 'openapi-typescript'
import { operationsOf } from './bundle.mjs'
import { follow } from './lint.mjs'

const head = '// Made from openapi/ by scripts/generate.mjs. Do not edit.\n'

const defaultedOf = (contract, operation) =>
  (operation.parameters ?? [])
    .map((one) => (one.$ref ? follow(contract, one.$ref) : one))
    .filter((one) => one.in === 'query' && one.schema.default !== undefined)
    .map((one) => `'${one.name}'`)

/** Which query parameters the front fills in when they are left out. */
const defaults = (contract) =>
  operationsOf(contract)
    .map(({ operation }) => [operation.operationId, defaultedOf(contract, operation)])
    .map(([operationId, names]) => `  ${operationId}: ${names.join(' | ') || 'never'}\n`)
    .join('')

export const typesOf = async (contract) => {
  const ast = await openapiTS(contract, { defaultNonNullable: false, silent: true })
  return `${head}${astToString(ast)}export interface defaultedQueries {\n${defaults(contract)}}\n`
}
