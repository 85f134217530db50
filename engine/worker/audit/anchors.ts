// Where the chains of a tenant are registered and anchored: apart from the tenant's database, so that who can rewrite
// the one cannot rewrite the other (FORMATS §5).
import type { Uuid } from '../../ids.js'
import type { AnchorRecord, ChainRegistration, ResumableChain } from '../../task/broker.js'

export interface AnchorSink {
  /** Before the chain's first event. */
  register(registration: ChainRegistration): Promise<void>
  chains(): Promise<readonly ChainRegistration[]>
  /** The newest chain of this writer and its last anchor; null when it never had one. */
  resume(writer: string): Promise<ResumableChain | null>
  append(anchor: AnchorRecord): Promise<void>
  /** Newest first, at most 1,000, with a seq below `before` where given. */
  anchors(chain: Uuid, before: number | null): Promise<readonly AnchorRecord[]>
}
