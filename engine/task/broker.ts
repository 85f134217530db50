// What tenant workers may ask of the broker: the one thread that holds the MEK provider, the control database and the
// signing keys. A KEK crosses here by transfer, and nowhere else.
import type { Milliseconds } from '../clock.js'
import type { JWK } from 'jose'
import type { TenantId, Uuid } from '../ids.js'
import type { Schemas } from './contract.js'
import type { OutboxEvent } from './outbox-event.js'

/** What a tenant worker needs to know of its tenant's row in the control database. */
export interface Directory {
  readonly tenant: TenantId
  readonly shortCode: string
  readonly displayName: string
  readonly contactEmail: string
  readonly status: Schemas['TenantStatus']
  readonly createdTime: Milliseconds
  readonly maxUsers: number | null
  readonly maxResources: number | null
  readonly modules: readonly Schemas['ModuleType'][]
  readonly database: { readonly engine: 'postgres'; readonly name: string }
  readonly setup: readonly SetupRecord[]
  /** Raised by suspension; tokens of another generation are dead. */
  readonly tokenGeneration: number
}

/** One line of `GET tenant`'s `setup`: kept for ever. */
export interface SetupRecord {
  readonly id: Uuid
  readonly issuedTime: Milliseconds
  /** Name of the management user. */
  readonly issuedBy: string
  readonly usedTime: Milliseconds | null
  readonly reissued: boolean
}

/** One login on one database. */
export interface DatabaseTarget {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  /** Verified against the system's (and NODE_EXTRA_CA_CERTS') authorities. */
  readonly tls: boolean
}

export interface OpenedTenant {
  readonly directory: Directory
  /** Of the tenant's own runtime role. */
  readonly target: DatabaseTarget
  readonly keks: readonly { readonly version: number; readonly key: ArrayBuffer }[]
}

export interface TokenClaims {
  readonly aud: 'msp' | 'tenant'
  readonly tid: TenantId
  readonly sub: Uuid
  readonly sid: Uuid
  readonly gen: number
  readonly tgn: number
}

/** For a user that is about to be made. */
export interface UserPlace {
  readonly tenant: TenantId
  /** Id of the event that will tell of the user. */
  readonly event: Uuid
  /** The tenant's own rows say that it has as many as it may. */
  readonly isFull: boolean
}

/** A chain of audit events as it is registered before its first event (FORMATS §5). */
export interface ChainRegistration {
  readonly chain: Uuid
  /** Who writes it: no two writers ever share a chain. */
  readonly writer: string
  readonly previousChain: Uuid | null
  /** 32 bytes. */
  readonly previousDigest: Uint8Array | null
  /** 8 bytes. */
  readonly macKeyId: Uint8Array
}

/** Public keys that the installation's statements are signed with (FORMATS §8). */
export interface AttestationKeys {
  /** The installation. */
  readonly issuer: Uuid
  /** The present key and those before it; each with its `kid`. */
  readonly keys: readonly JWK[]
}

/** How far a chain has come, at the end of a block (FORMATS §5). */
export interface AnchorRecord {
  readonly chain: Uuid
  readonly seq: number
  /** 32 bytes: the chain's digest there. */
  readonly digest: Uint8Array
  /** Of the tenant's access, as the writer knows it. */
  readonly epoch: number
  /** 32 bytes: SHA-256 of the sealed tenant_state of that epoch. */
  readonly state: Uint8Array
  readonly time: Milliseconds
}

export type BrokerMethods = {
  /** Errors: `not_found`, `tenant_suspended`, `control_unavailable`. */
  openTenant(tenant: TenantId): Promise<OpenedTenant>
  directory(tenant: TenantId): Promise<Directory>
  /** The tenant of a short code, in any case; null for a code that no tenant has. */
  resolve(shortCode: string): Promise<TenantId | null>
  /** Somebody of the tenant signed in completely from this network (networkOf). */
  learnNetwork(tenant: TenantId, network: string): Promise<void>
  /**
   * Held until the event is taken in or the place is released. Errors: `tenant_limit_reached`; `license_limit_reached`,
   * when the licence allows no user more or has expired.
   */
  holdUserPlace(place: UserPlace): Promise<void>
  releaseUserPlace(event: Uuid): Promise<void>
  /** An access token of 10 minutes (FORMATS §8). */
  sign(claims: TokenClaims): Promise<string>
  /** A sealed row of the tenant does not open, so that its own audit log cannot say so: the installation's does. */
  reportIntegrity(tenant: TenantId): Promise<void>
  takeOutbox(tenant: TenantId, events: readonly OutboxEvent[]): Promise<void>
  /** Before the chain's first event; of one that is registered already: nothing. */
  registerChain(tenant: TenantId, chain: ChainRegistration): Promise<void>
  /** Statements of a tenant's registrations, by their number. */
  registrations(tenant: TenantId): Promise<readonly string[]>
  /** Appended, never overwritten. */
  appendAnchor(tenant: TenantId, anchor: AnchorRecord): Promise<void>
  /** Statements, newest first, with a seq below `before` where given. */
  checkpoints(
    tenant: TenantId,
    chain: Uuid,
    before: number | null,
    limit: number,
  ): Promise<readonly string[]>
  /** The last checkpoint of each chain of the tenant that has one. */
  lastCheckpoints(
    tenant: TenantId,
  ): Promise<readonly { readonly chain: Uuid; readonly jws: string }[]>
  /** A statement about an export of the tenant's log (FORMATS §5). */
  signExport(tenant: TenantId, claims: Readonly<Record<string, unknown>>): Promise<string>
  /** What statements are verified with. */
  attestationKeys(): Promise<AttestationKeys>
  /** When any chain of the tenant was last anchored; null: never. */
  lastAnchorTime(tenant: TenantId): Promise<Milliseconds | null>
}
