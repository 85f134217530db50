// The fleet: lifecycle and figures of tenants, never what is in them.
import type { Caller } from '../call/caller.js'
import type {
  AuditBucket,
  Operation,
  QueryOf,
  SetupToken,
  StartedTenant,
  Tenant,
  TenantHealth,
  TenantInput,
} from '../contract.js'
import { type Listing, defaultPageSize, pagedListing } from '../listing.js'
import type { CallOptions } from '../options.js'
import type { Operations, WaitOptions } from './operations.js'

export type ListTenantsOptions = CallOptions & QueryOf<'listTenants'>
export type AuditSummaryOptions = CallOptions & QueryOf<'getAuditSummary'>

/** A provisioning at work. Keep `operationId` where a crash cannot take it, then wait. */
export interface Started {
  readonly tenant: StartedTenant
  readonly operationId: string
  /** The operation when it has succeeded, with the set-up token in its `result`. */
  wait(options?: WaitOptions): Promise<Operation>
}

export class Tenants {
  readonly #caller: Caller
  readonly #operations: Operations

  constructor(caller: Caller, operations: Operations) {
    this.#caller = caller
    this.#operations = operations
  }

  list({ signal, timeoutMs, ...filter }: ListTenantsOptions = {}): Listing<Tenant> {
    const pageSize = filter.pageSize ?? defaultPageSize
    return pagedListing('listTenants', pageSize, (page) =>
      this.#caller.read('listTenants', { signal, timeoutMs }, (api, attempt) => {
        const query = { ...filter, page, pageSize }
        return api.GET('/api/v1/msp/tenants', { params: { query }, ...attempt })
      }),
    )
  }

  async get(tenantId: string, options: CallOptions = {}): Promise<Tenant> {
    const { data } = await this.#caller.read('getTenantById', options, (api, attempt) =>
      api.GET('/api/v1/msp/tenants/{tenantId}', { params: { path: { tenantId } }, ...attempt }),
    )
    return data
  }

  async provision(tenant: TenantInput, options: CallOptions = {}): Promise<Started> {
    const { data } = await this.#caller.write('provisionTenant', options, (api, attempt) =>
      api.POST('/api/v1/msp/tenants', { body: tenant, ...attempt }),
    )
    return this.#started(data)
  }

  /** Tries a failed provisioning again. */
  async retry(tenantId: string, options: CallOptions = {}): Promise<Started> {
    const params = { path: { tenantId } }
    const { data } = await this.#caller.write('retryTenant', options, (api, attempt) =>
      api.POST('/api/v1/msp/tenants/{tenantId}/retry', { params, ...attempt }),
    )
    return this.#started(data)
  }

  /** A new set-up token for a tenant that nobody has claimed; the one before it is dead. */
  async setupToken(tenantId: string, options: CallOptions = {}): Promise<SetupToken> {
    const params = { path: { tenantId } }
    const { data } = await this.#caller.write('issueSetupToken', options, (api, attempt) =>
      api.POST('/api/v1/msp/tenants/{tenantId}/setup-token', { params, ...attempt }),
    )
    return data
  }

  async health(tenantId: string, options: CallOptions = {}): Promise<TenantHealth> {
    const params = { path: { tenantId } }
    const { data } = await this.#caller.read('getTenantHealthById', options, (api, attempt) =>
      api.GET('/api/v1/msp/tenants/{tenantId}/health', { params, ...attempt }),
    )
    return data
  }

  /** How many audit events and when, and nothing else. */
  async auditSummary(
    tenantId: string,
    { signal, timeoutMs, ...query }: AuditSummaryOptions = {},
  ): Promise<AuditBucket[]> {
    const params = { path: { tenantId }, query }
    const call = { signal, timeoutMs }
    const { data } = await this.#caller.read('getAuditSummary', call, (api, attempt) =>
      api.GET('/api/v1/msp/tenants/{tenantId}/audit/summary', { params, ...attempt }),
    )
    return data
  }

  #started(tenant: StartedTenant): Started {
    const { operationId } = tenant
    return {
      tenant,
      operationId,
      wait: (options) => this.#operations.wait(operationId, options),
    }
  }
}
