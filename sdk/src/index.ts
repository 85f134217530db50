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
export type { AuditSummaryOptions, ListTenantsOptions, Started } from './management/tenants.js'
export type { WaitOptions } from './management/operations.js'
export type { EventsOptions, VerifyOptions } from './tenant/audit.js'
export type { SecretCacheOptions } from './tenant/secret-cache.js'
export type { Wanted } from './tenant/secrets-request.js'
export type {
  ChangeOptions,
  ListEntriesOptions,
  PermissionRules,
  ReadSecretOptions,
  RestoreOptions,
  SavedRules,
  SetPermissionsOptions,
} from './tenant/vault.js'
export type {
  AuditBucket,
  AuditEvent,
  AuditVerification,
  CreatedUser,
  Entry,
  EntryInput,
  EntryType,
  EntryUpdate,
  EntryVersion,
  ErrorCode,
  License,
  Operation,
  OwnTenant,
  Permission,
  Secret,
  SecretResult,
  SetupToken,
  StartedTenant,
  Tenant,
  TenantHealth,
  TenantInput,
  TenantRole,
  TenantStatus,
  User,
  UserInput,
  Violation,
} from './contract.js'
