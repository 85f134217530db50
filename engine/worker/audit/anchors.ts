// Where the chains of a tenant are registered and anchored: apart from the tenant's database, so that who can rewrite
// the one cannot rewrite the other (FORMATS §5). What is answered was verified; where it cannot be, all of these throw
// an IntegrityError.
import type { Uuid } from '../../ids.js'
import type { AnchorRecord, ChainRegistration } from '../../task/broker.js'
import type { Claims } from './statement.js'

/** As it was signed. */
export interface SignedRegistration extends ChainRegistration {
  /** JWS, compact. */
  readonly statement: string
}

/** As it was signed. */
export interface SignedAnchor extends AnchorRecord {
  /** How many chains were registered then. */
  readonly regs: number
  /** JWS, compact. */
  readonly statement: string
}

export interface AnchorSink {
  /** Before the chain's first event. */
  register(registration: ChainRegistration): Promise<void>
  /** In the order of their registration. */
  chains(): Promise<readonly SignedRegistration[]>
  append(anchor: AnchorRecord): Promise<void>
  /** Signs what an export of the log says of itself. */
  signExport(claims: Claims): Promise<string>
  /** Of one chain; null: it has none. */
  last(chain: Uuid): Promise<SignedAnchor | null>
  /** Of every chain that has one. */
  lastOfAll(): Promise<readonly SignedAnchor[]>
  /** Newest first, at most 1,000, with a seq below `before` where given. */
  anchors(chain: Uuid, before: number | null): Promise<readonly SignedAnchor[]>
}
