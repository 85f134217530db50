// @rppam/sdk: what a program may import. The rest is inner.
export { TenantClient, type TenantClientOptions, type SetUpOptions } from './tenant-client.js'
export { ManagementClient, type ManagementClientOptions } from './management-client.js'
export {
  NetworkError,
  OperationFailedError,
  RpPamError,
  SecondFactorRequiredError,
  SessionEndedError,
  TimeoutError,
  UnexpectedAnswerError,
} from './errors.js'
export type { Clock } from './clock.js'
export type { CallOptions, ClientOptions } from './options.js'
export type { ListOptions, Listing, Page } from './listing.js'
export type {
  ClaimCredentials,
  PasswordCredentials,
  RefreshCredentials,
  ServiceAccountCredentials,
  SetupCredentials,
  TenantCredentials,
} from './call/credentials.js'
export type { Started } from './management/started.js'
export type { WaitOptions } from './management/wait.js'
export type { SecretCacheOptions } from './tenant/secret-cache.js'
export type { Wanted } from './tenant/secrets-request.js'
export type { PermissionRules, SavedRules, SetPermissionsOptions } from './tenant/permissions.js'
export type {
  GetAuditSummaryOptions as AuditSummaryOptions,
  ListAuditEventsOptions as EventsOptions,
  ListEntriesOptions,
  ListTenantsOptions,
  ReadSecretOptions,
  RestoreEntryOptions as RestoreOptions,
  UpdateEntryOptions as ChangeOptions,
  VerifyAuditOptions as VerifyOptions,
} from './generated/calls.js'
export type { OperationName, SucceededOperation, Violation } from './contract.js'
/** Every schema of the contract, by its name. */
export type * from './generated/schemas.js'
