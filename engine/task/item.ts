// What crosses the thread between the front and a worker. The only folder that both sides import.
import type { ErrorCode, Violation } from '../errors.js'
import type { TenantId, Uuid } from '../ids.js'

/** What a verified access token says (FORMATS §8). No roles, no names. */
export interface AccessClaims {
  readonly aud: 'msp' | 'tenant' | 'mfa' | 'breakglass'
  readonly tid: TenantId
  readonly sub: Uuid
  readonly sid: Uuid
  /** Generation of the user: raised when its tokens must die. */
  readonly gen: number
  /** Generation of the tenant: raised by suspension. */
  readonly tgn: number
  /** Seconds since the epoch. */
  readonly exp: number
}

/** A refusal that the front found, to be answered in the contract's order: after state, plane and role (SPEC §7). */
export interface Fault {
  readonly code: ErrorCode
  readonly violations?: readonly Violation[]
}

export interface RequestHeaders {
  readonly ifMatch?: string
  readonly prefer?: string
  readonly accept?: string
}

/** One request on its way to a worker. */
export interface Item {
  /** Names the request between front and worker. */
  readonly n: number
  /** operationId of the contract; empty where the caller finds nothing. */
  readonly operation: string
  /** What the caller asked for at another plane: for the audit alone. */
  readonly attempted?: string
  /** Null for the unauthenticated operations. */
  readonly claims: AccessClaims | null
  /** The verified token's tenant; before authentication a routing hint, null when it names none. */
  readonly tenant: TenantId | null
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | number | boolean>>
  readonly headers: RequestHeaders
  /** The body's bytes, transferred. Parsed by the worker. */
  readonly body: Uint8Array | null
  readonly fault: Fault | null
  readonly requestId: Uuid
  readonly clientAddress: string
}
