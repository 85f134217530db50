// A tenant's row in the directory. What it says is sealed and bound to the row: status, routing and limits are read from
// the sealed documents alone, so that swapped rows or edited plain columns are found before anything is opened
// (FORMATS §4). It must never leave the broker's thread whole: it holds the runtime role's password.
import type { Milliseconds } from '../../clock.js'
import { ApiError } from '../../errors.js'
import type { TenantId, Uuid } from '../../ids.js'
import type { DatabaseTarget, Directory } from '../../task/broker.js'
import type { Keyring } from '../keys/keyring.js'
import { requireWritten } from '../keys/plain-columns.js'
import { countingRole } from '../store/postgres/administration.js'
import type { Change, IndexEntry, Row } from '../store/store.js'

/** The plain `state` column, for counts and sweeps; the sealed status is what counts. Append only. */
export const tenantStates = {
  provisioning: 0,
  active: 1,
  failed: 2,
  suspended: 3,
  deprovisioning: 4,
  deprovisioned: 5,
} as const
export type TenantLifecycle = keyof typeof tenantStates

/** A set-up of the first administrator; kept for ever (SPEC §6). */
export interface IssuedSetup {
  readonly id: Uuid
  readonly issuedTime: Milliseconds
  readonly issuedBy: string
  readonly usedTime: Milliseconds | null
  readonly reissued: boolean
}

/** Sealed: everything that the management plane knows of the tenant. */
interface TenantProfile {
  readonly shortCode: string
  readonly status: TenantLifecycle
  readonly tokenGeneration: number
  readonly displayName: string
  readonly contactEmail: string
  readonly maxUsers: number | null
  readonly maxResources: number | null
  readonly modules: Directory['modules']
  readonly admin: FirstAdministrator
  readonly setup: readonly IssuedSetup[]
}

export interface FirstAdministrator {
  readonly id: Uuid
  readonly username: string
  readonly email: string
  readonly displayName: string
  /** SHA-256, hex, of a code that the customer made. */
  readonly claim: string | null
}

/** Sealed: where the tenant's database is, and as whom to log in. */
export interface TenantCredentials {
  readonly server: string
  readonly databaseName: string
  readonly ownerRole: string
  readonly runtimeRole: string
  readonly runtimePassword: string
}

export interface TenantRecord extends TenantProfile {
  readonly id: TenantId
  readonly version: number
  readonly createdTime: Milliseconds
  readonly updatedTime: Milliseconds
  readonly credentials: TenantCredentials
}

export const openTenantRow = (keys: Keyring, row: Row): TenantRecord => {
  requireWritten(row)
  const profile = keys.open('tenant.profile', row.id, row.version, row.doc) as TenantProfile
  const credentials = keys.open(
    'tenant.credentials',
    row.id,
    row.version,
    row.secret ?? Buffer.alloc(0),
  ) as TenantCredentials
  if (tenantStates[profile.status] !== row.state) throw new ApiError('integrity_failure')
  return {
    ...profile,
    credentials,
    id: row.id as TenantId,
    version: row.version,
    createdTime: row.createdTime,
    updatedTime: row.updatedTime,
  }
}

const sealTenant = (keys: Keyring, tenant: TenantRecord): Row => {
  const { id, version, createdTime, updatedTime, credentials, ...profile } = tenant
  return {
    id,
    parent: null,
    version,
    state: tenantStates[tenant.status],
    createdTime,
    updatedTime,
    expiresTime: null,
    doc: keys.seal('tenant.profile', id, version, profile),
    secret: keys.seal('tenant.credentials', id, version, credentials),
  }
}

/** Short codes are unique regardless of case, for ever. */
export const codeIndexes = (keys: Keyring, shortCode: string): IndexEntry[] =>
  keys.index('tenantCode', [shortCode.toLowerCase()]).map((value) => ({ ...value, unique: true }))

export const insertTenant = (keys: Keyring, tenant: TenantRecord): Change => ({
  op: 'insert',
  table: 'tenant',
  row: sealTenant(keys, tenant),
  indexes: codeIndexes(keys, tenant.shortCode),
})

/** The change that takes `tenant` one version on, and what it is then. */
export const updateTenant = (
  keys: Keyring,
  tenant: TenantRecord,
  change: Partial<Omit<TenantProfile, 'shortCode'>>,
  time: Milliseconds,
): { tenant: TenantRecord; change: Change } => {
  const next = { ...tenant, ...change, version: tenant.version + 1, updatedTime: time }
  return {
    tenant: next,
    change: {
      op: 'update',
      table: 'tenant',
      row: sealTenant(keys, next),
      expectedVersion: tenant.version,
      indexes: undefined,
    },
  }
}

export const directoryOf = (tenant: TenantRecord): Directory => ({
  tenant: tenant.id,
  shortCode: tenant.shortCode,
  displayName: tenant.displayName,
  contactEmail: tenant.contactEmail,
  status: tenant.status,
  createdTime: tenant.createdTime,
  maxUsers: tenant.maxUsers,
  maxResources: tenant.maxResources,
  modules: tenant.modules,
  database: { engine: 'postgres', name: tenant.credentials.databaseName },
  setup: tenant.setup.map(({ id, issuedTime, issuedBy, usedTime, reissued }) => ({
    id,
    issuedTime,
    issuedBy,
    usedTime,
    reissued,
  })),
  tokenGeneration: tenant.tokenGeneration,
})

/** Where a named database server answers now. The embedded one has another port after every start. */
export interface ServerAddress {
  readonly host: string
  readonly port: number
  readonly tls: boolean
}

/** The name of the server of `database.url`, or of the embedded one. */
export const defaultServer = 'default'

/** The tenant's own runtime role on its own database. */
export const targetOf = (
  { credentials }: TenantRecord,
  { host, port, tls }: ServerAddress,
): DatabaseTarget => ({
  host,
  port,
  tls,
  database: credentials.databaseName,
  user: credentials.runtimeRole,
  password: credentials.runtimePassword,
})

/** The role that may count the tenant's audit events, and nothing else. */
export const countingTargetOf = (
  { credentials }: TenantRecord,
  { host, port, tls }: ServerAddress,
  password: string,
): DatabaseTarget => ({
  host,
  port,
  tls,
  database: credentials.databaseName,
  user: countingRole,
  password,
})
