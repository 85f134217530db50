// The contract as both sides of the thread see it: the operations, their types, the validators of bodies and the
// serializers of answers. Imports neither front/ nor worker/.
export type {
  AnswerOf,
  BodyOf,
  OperationId,
  PathOf,
  QueryOf,
  ResultOf,
  Schemas,
} from './contract/types.js'
export type {
  Audience,
  BodyLimits,
  ContractDocument,
  Cost,
  Method,
  Operation,
  Parameter,
  Plane,
  Role,
  Schema,
} from './contract/document.js'
export { contractDocument, contractText, operationOf, operations } from './contract/document.js'
export { type ParsedBody, parseBody, validateBody } from './contract/validate.js'
export { serialize } from './contract/serialize.js'
