// What workers may ask of the main thread.
import type { TenantId, Uuid } from '../ids.js'

/** Whose password it is about: networks take turns, and requests of one network go in the order they came in. */
export interface Asker {
  readonly clientAddress: string
  readonly requestId: Uuid
}

export type MainMethods = {
  /** argon2id in the slow pool. Answers the PHC string. */
  hashPassword(asker: Asker, password: string): Promise<string>
  verifyPassword(asker: Asker, verifier: string, password: string): Promise<boolean>
  /** Tokens of this session are refused from now on, before they reach a worker. */
  revokeSession(tenant: TenantId, session: Uuid): void
  /** Tokens of this user below `generation` are refused from now on. */
  raiseUser(tenant: TenantId, user: Uuid, generation: number): void
}
