// Tokens whose signature was verified, by the whole token string. Every hit looks at expiry and revocations. Failures
// are never remembered; they cost their network from a budget, so that garbage cannot burn the processor.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../clock.js'
import type { AccessClaims } from '../../task/item.js'
import type { FailureBudget } from '../admission/failure-budget.js'
import type { TokenVerifier } from './access-token.js'
import { bearerToken } from './credential.js'
import type { Revocations } from './revocations.js'

/** Null: 401. `throttled`: the network has shown too many bad tokens of late, this one was not looked at: 429. */
export type Authentication = AccessClaims | null | 'throttled'

export interface VerifiedCacheOptions {
  readonly verifier: TokenVerifier
  readonly revocations: Revocations
  readonly budget: FailureBudget
  readonly clock: Clock
  /** Tokens remembered. */
  readonly max: number
}

export class VerifiedCache {
  readonly #verified: LRUCache<string, AccessClaims>
  /** One verification for all requests that bring the same new token at once. */
  readonly #running = new Map<string, Promise<Authentication>>()

  constructor(private readonly options: VerifiedCacheOptions) {
    this.#verified = new LRUCache({ max: options.max })
  }

  get size(): number {
    return this.#verified.size
  }

  /** At once for a token seen before and for what is no token; else after its signature is verified. */
  authenticate(
    authorization: string | undefined,
    remoteAddress: string,
  ): Authentication | Promise<Authentication> {
    const token = bearerToken(authorization)
    if (token === null) return null
    const claims = this.#verified.get(token)
    if (claims) return this.#stillGood(token, claims)
    return this.#running.get(token) ?? this.#verify(token, remoteAddress)
  }

  #stillGood(token: string, claims: AccessClaims): AccessClaims | null {
    const { clock, revocations } = this.options
    if (clock.now() < claims.exp * 1000 && !revocations.isRevoked(claims)) return claims
    this.#verified.delete(token)
    return null
  }

  #verify(token: string, remoteAddress: string): Authentication | Promise<Authentication> {
    const { budget, verifier } = this.options
    // Taken before, given back after: many at once must not slip through.
    if (!budget.take(remoteAddress)) return 'throttled'
    const running = verifier.verify(token).then((claims) => {
      this.#running.delete(token)
      if (!claims) return null
      budget.giveBack(remoteAddress)
      // Revoked while it was verified counts too.
      if (this.options.revocations.isRevoked(claims)) return null
      this.#verified.set(token, claims)
      return claims
    })
    this.#running.set(token, running)
    return running
  }
}
