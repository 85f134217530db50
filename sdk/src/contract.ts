// The contract's types under the names that users of the SDK write. Generated from openapi/ (generated/contract.d.ts);
// nothing here may be written by hand twice.
import type { components, operations, paths } from './generated/contract.js'

type Schemas = components['schemas']

/** Every `code` that the engine can answer: the closed table of openapi/errors.yaml. */
export type ErrorCode = Schemas['ErrorCode']
export type Problem = Schemas['Problem']
/** What does not match the contract; the pointer is made of the contract's names only. */
export type Violation = NonNullable<Problem['errors']>[number]

export type SignIn = Schemas['SignIn']
export type OwnTenant = Schemas['OwnTenant']
export type TenantHealth = Schemas['TenantHealth']

export type User = Schemas['User']
export type UserInput = Schemas['UserInput']
export type CreatedUser = Schemas['CreatedUser']
export type TenantRole = Schemas['TenantRole']

export type Entry = Schemas['Entry']
export type EntryInput = Schemas['EntryInput']
export type EntryUpdate = Schemas['EntryUpdate']
export type EntryType = Schemas['EntryType']
export type EntryVersion = Schemas['EntryVersion']
export type Secret = Schemas['Secret']
export type SecretResult = Schemas['SecretResult']
export type SecretsRequest = Schemas['SecretsRequest']
export type Permission = Schemas['Permission']

export type AuditEvent = Schemas['AuditEvent']
export type AuditVerification = Schemas['AuditVerification']

export type License = Schemas['License']
export type Tenant = Schemas['Tenant']
export type TenantInput = Schemas['TenantInput']
export type StartedTenant = Schemas['StartedTenant']
export type TenantStatus = Schemas['TenantStatus']
export type SetupToken = Schemas['SetupToken']
export type Operation = Schemas['Operation']
export type AuditBucket = Schemas['AuditBucket']

type Login = paths['/api/v1/auth/login']['post']

/** Sign-in of service accounts (SPEC §7): known to the SDK before the contract describes it. */
interface ServiceAccountPaths {
  '/api/v1/auth/token': {
    post: {
      parameters: Login['parameters']
      requestBody: { content: { 'application/json': { clientId: string; clientSecret: string } } }
      responses: Login['responses']
    }
  }
}

export type Paths = paths & ServiceAccountPaths

/** What a call is named after in errors: never an address, which can hold ids and names. */
export type OperationName = keyof operations | 'issueToken'

/** The query of an operation, without what the SDK itself fills in. */
export type QueryOf<Name extends keyof operations> = operations[Name] extends {
  parameters: { query?: infer Query }
}
  ? Omit<NonNullable<Query>, 'page' | 'after' | 'limit'>
  : never
