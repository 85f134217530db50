// Tokens whose signature was verified, by the whole token string. Every hit looks at expiry and revocations. Failures
// are never remembered. What cannot be good as it is written is refused without a check of its signature, at no cost to
// anybody; signature-checks.ts says when the others are looked at, so that garbage cannot burn the processor.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../clock.js'
import type { AccessClaims } from '../../task/item.js'
import type { Checked, SignatureChecks } from '../admission/signature-checks.js'
import type { TokenVerifier } from './access-token.js'
import { bearerToken, usualToken } from './credential.js'
import type { Revocations } from './revocations.js'

/** Null: 401. `throttled`: too many tokens wait to be looked at, and this one had to give way: 429. */
export type Authentication = Checked

export interface VerifiedCacheOptions {
  readonly verifier: TokenVerifier
  readonly revocations: Revocations
  readonly checks: SignatureChecks
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

  /** At once for a token seen before and for what is no token of ours; else after its signature is verified. */
  authenticate(
    authorization: string | undefined,
    remoteAddress: string,
  ): Authentication | Promise<Authentication> {
    const seen = usualToken(authorization)
    const claims = seen === null ? undefined : this.#verified.get(seen)
    if (seen !== null && claims) return this.#stillGood(seen, claims)
    const token = bearerToken(authorization)
    return token === null ? null : this.#authenticate(token, remoteAddress)
  }

  #authenticate(token: string, remoteAddress: string): Authentication | Promise<Authentication> {
    const claims = this.#verified.get(token)
    if (claims) return this.#stillGood(token, claims)
    return this.#running.get(token) ?? this.#verify(token, remoteAddress)
  }

  /** A token that is handed out there: it has its turn when it comes, whatever else comes from there; no more. */
  expect(token: string, remoteAddress: string): void {
    const claims = this.options.verifier.read(token)
    if (claims) this.options.checks.expect(remoteAddress, claims)
  }

  #stillGood(token: string, claims: AccessClaims): AccessClaims | null {
    const { clock, revocations } = this.options
    if (clock.now() < claims.exp * 1000 && !revocations.isRevoked(claims)) return claims
    this.#verified.delete(token)
    return null
  }

  #verify(token: string, remoteAddress: string): Authentication | Promise<Authentication> {
    const { checks, verifier, revocations } = this.options
    const claimed = verifier.read(token)
    if (!claimed || revocations.isRevoked(claimed)) return null
    const running = checks
      .run(remoteAddress, claimed, () => verifier.verify(token))
      .then((checked) => this.#checked(token, checked))
      .finally(() => this.#running.delete(token))
    this.#running.set(token, running)
    return running
  }

  #checked(token: string, checked: Checked): Authentication {
    if (checked === null || checked === 'throttled') return checked
    // Revoked while it was verified counts too.
    if (this.options.revocations.isRevoked(checked)) return null
    this.#verified.set(token, checked)
    return checked
  }
}
