// The bundled contract of generated/ and the table of its operations, loaded once a thread. Read only: nobody changes
// the document after this file has made it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorCode } from '../../errors.js'
import { packageRoot } from '../../root.js'
import type { OperationId } from './types.js'

/** Who answers, and for whom: `front` the front itself, `public` a worker without a token, `any` either plane's token. */
export type Plane = 'front' | 'public' | 'tenant' | 'management' | 'any'
/** Which tokens are let in; `msp` and `tenant` are the token's `aud`. */
export type Audience = 'none' | 'tenant' | 'msp' | 'any'
export type Role =
  'msp_admin' | 'pam_admin' | 'pam_approver' | 'pam_user' | 'pam_auditor' | 'service_account'
export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH'

/** JSON Schema, as far as the engine looks into it. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly default?: string | number | boolean
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly $ref?: string
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly schema: Schema
  /** Parameters that must not be given beside this one. */
  readonly 'x-rppam-excludes'?: readonly string[]
}

/** What may be sent: of JSON, a token is an opening bracket, a comma or a colon. */
export interface BodyLimits {
  readonly bytes: number
  readonly depth: number
  readonly tokens: number
}

/** Estimated microseconds of a worker: of the request, and of each row that it may open. */
export interface Cost {
  readonly base: number
  readonly row: number
}

export interface Operation {
  readonly operationId: OperationId
  /** The resource it belongs to, and the folder of its handler. */
  readonly tag: string
  readonly method: Method
  /** The whole path, with `{name}` for parameters. */
  readonly path: string
  readonly plane: Plane
  readonly audience: Audience
  readonly roles: readonly Role[]
  readonly errors: readonly ErrorCode[]
  readonly hasBody: boolean
  /** Null without a body. */
  readonly body: BodyLimits | null
  readonly cost: Cost
  readonly bodyRequired: boolean
  readonly bodySchema: Schema | null
  readonly parameters: readonly Parameter[]
  readonly successStatuses: readonly number[]
  /** By status, where the answer is JSON. */
  readonly resultSchemas: ReadonlyMap<number, Schema>
}

interface RawOperation {
  readonly operationId: string
  readonly tags: readonly [string]
  readonly 'x-rppam': {
    readonly plane: Plane
    readonly audience: Audience
    readonly roles: readonly Role[]
    readonly errors: readonly ErrorCode[]
    readonly body: BodyLimits | null
    readonly cost: Cost
  }
  readonly parameters?: readonly unknown[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}
type Content = Readonly<Record<string, { readonly schema?: unknown }>>

export interface ContractDocument {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly 'x-rppam-errors': Readonly<
    Record<string, { readonly status: number; readonly title: string; readonly help: string }>
  >
}

/** The bytes of `GET /openapi.json`. */
export const contractText = readFileSync(join(packageRoot, 'generated/contract.json'), 'utf8')
export const contractDocument = JSON.parse(contractText) as ContractDocument

const follow = (reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], contractDocument)

const resolved = new Map<string, unknown>()

const resolveReference = (reference: string): unknown => {
  if (!resolved.has(reference)) resolved.set(reference, resolve(follow(reference)))
  return resolved.get(reference)
}

/** Puts what references name in their place; the generator has refused circles. */
const resolve = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(resolve)
  if (typeof value !== 'object' || value === null) return value
  if ('$ref' in value) return resolveReference((value as { $ref: string }).$ref)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]))
}

const jsonSchemaOf = (content: Content | undefined): Schema | null => {
  const schema = content?.['application/json']?.schema
  return schema === undefined ? null : (resolve(schema) as Schema)
}

const toParameter = (raw: unknown): Parameter => {
  const parameter = resolve(raw) as Omit<Parameter, 'required'> & Partial<Parameter>
  return { ...parameter, required: parameter.required === true }
}

const successesOf = (raw: RawOperation): number[] =>
  Object.keys(raw.responses)
    .filter((status) => /^[23]/.test(status))
    .map(Number)

const resultSchemasOf = (raw: RawOperation): Map<number, Schema> => {
  const found = new Map<number, Schema>()
  for (const status of successesOf(raw)) {
    const schema = jsonSchemaOf(raw.responses[status]?.content)
    if (schema) found.set(status, schema)
  }
  return found
}

const toOperation = (method: string, path: string, raw: RawOperation): Operation => ({
  operationId: raw.operationId as OperationId,
  tag: raw.tags[0],
  method: method.toUpperCase() as Method,
  path,
  ...raw['x-rppam'],
  hasBody: raw.requestBody !== undefined,
  bodyRequired: raw.requestBody?.required === true,
  bodySchema: jsonSchemaOf(raw.requestBody?.content),
  parameters: (raw.parameters ?? []).map(toParameter),
  successStatuses: successesOf(raw),
  resultSchemas: resultSchemasOf(raw),
})

/** Every operation of the contract by its id. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries(contractDocument.paths).flatMap(([path, item]) =>
    Object.entries(item).map(
      ([method, raw]) => [raw.operationId, toOperation(method, path, raw)] as const,
    ),
  ),
)

/** The operation of that name. Throws for a name the contract does not have. */
export const operationOf = (operationId: string): Operation => {
  const operation = operations.get(operationId)
  if (!operation) throw new RangeError(`no operation ${operationId} in the contract`)
  return operation
}
