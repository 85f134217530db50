// Promise: what the contract says of bodies and answers is JSON Schema 2020-12. The engine itself does not look again.
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { type Schema, operations } from '../../engine/task/contract.js'

const ajv = new Ajv2020({ strict: false })
const faultOf = (schema: Schema): string | null =>
  ajv.validateSchema(schema) === true ? null : ajv.errorsText()

const described = [...operations.values()].flatMap(({ operationId, bodySchema, resultSchemas }) => [
  ...(bodySchema ? [[`${operationId} body`, bodySchema] as const] : []),
  ...[...resultSchemas].map(([status, schema]) => [`${operationId} ${status}`, schema] as const),
])

t.test('each of them', async (t) => {
  t.ok(described.length > 40)
  for (const [name, schema] of described) t.equal(faultOf(schema), null, name)
})

t.test('what is none is told', async (t) => {
  t.match(faultOf({ type: 'text' }), /type/)
  t.match(faultOf({ minLength: -1 }), /minLength/)
})
