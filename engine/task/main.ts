// What workers may ask of the main thread.
import type { TenantId, Uuid } from '../ids.js'

export type MainMethods = {
  /** argon2id in the slow pool, fair between owners (tenants). Answers the PHC string. */
  hashPassword(owner: string, password: string): Promise<string>
  verifyPassword(owner: string, verifier: string, password: string): Promise<boolean>
  /** Tokens of this session are refused from now on, before they reach a worker. */
  revokeSession(tenant: TenantId, session: Uuid): void
  /** Tokens of this user below `generation` are refused from now on. */
  raiseUser(tenant: TenantId, user: Uuid, generation: number): void
}
