// What the main thread may ask of a worker, past the batches.
import type { TenantId } from '../ids.js'
import type { ThreadStatistics } from './statistics.js'

export type TenantWorkerMethods = {
  /** The engine is about to end: what takes long is answered 503 at its next step. */
  cancelSlowWork(): void
  /** Answers what is under way, then anchors and closes every tenant. */
  drain(): Promise<void>
  /** Closes the tenant once nothing of it is under way. */
  evict(tenant: TenantId): Promise<void>
  statistics(): ThreadStatistics
}

/** What the first start made, or the last one found. */
export interface OpenedInstallation {
  /** Issuer of the tokens. */
  readonly id: string
  /** Public keys (JWK) of the access tokens. */
  readonly tokenKeys: readonly object[]
  /** Public keys (JWK) of its statements. */
  readonly attestationKeys: readonly object[]
  /** Of a first start that was given none: to be shown once, or the file that it is kept in. */
  readonly password: { readonly generated: string | null; readonly file: string | null }
  readonly isFirstStart: boolean
  /** Which one counts. */
  readonly license: {
    readonly edition: 'enterprise' | 'msp'
    readonly isDevelopment: boolean
    /** Null: unlimited. */
    readonly maxTenants: number | null
  }
}

/** The tenant of the enterprise edition, while nobody has claimed it; its token to be shown, or the file it is kept in. */
export interface OwnTenant {
  readonly shortCode: string
  readonly adminUsername: string
  readonly setupToken: string | null
  readonly file: string | null
}

/** As a request names it before authentication: by id, by short code, or not at all: the management plane. */
export type NamedTenant = { readonly id: TenantId } | { readonly code: string } | null

export type ManagementWorkerMethods = {
  /** Goes on with interrupted provisionings. Called once the engine listens. */
  resume(): Promise<void>
  /** The enterprise edition's one tenant: made where it is missing. Null: nothing is left to be said of it. */
  openOwnTenant(): Promise<OwnTenant | null>
  /** Rejects when the control database does not answer. */
  ready(): Promise<void>
  resolve(shortCode: string): Promise<TenantId | null>
  /** Whether somebody of this tenant signed in completely from this network (networkOf) lately. */
  knowsNetwork(tenant: NamedTenant, network: string): Promise<boolean>
  statistics(): ThreadStatistics
  /** The engine is about to end: nobody waits for an operation any longer. */
  cancelSlowWork(): void
  drain(): Promise<void>
}
