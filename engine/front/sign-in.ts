// Unauthenticated operations: limited by address and by name, routed by a hint that nobody believes (SPEC §7). Names
// that exist and names that do not are limited, routed and answered alike.
import { type TenantId, installationId } from '../ids.js'
import type { HttpReply } from './http/reply.js'
import { problem } from './http/problem.js'
import type { HttpRequest } from './http/request.js'
import type { SignInDecision, SignInLimiter } from './admission/sign-in.js'
import { type Hint, hintOf } from './route/hint.js'

export interface Attempt {
  readonly hint: Hint
  /** Null when it may go on; else the answer. */
  readonly refusal: HttpReply | null
  /** Of a refusal: when to begin again instead; null: it is the answer. */
  readonly soon: Promise<void> | null
  /** Tells the limiter how it ended. Answers what the limits are then, as headers of the answer. */
  ended(status: number): Readonly<Record<string, string>>
}

const tenantText = ({ tenant }: Hint): string | null => {
  if (tenant === null) return null
  return 'id' in tenant ? tenant.id : tenant.code
}

const refusalOf = (decision: SignInDecision, request: HttpRequest): HttpReply | null =>
  decision.allowed
    ? null
    : problem('rate_limited', request.requestId, { headers: decision.headers })

/** Takes a place of the limits; `ended` gives it back. `isKnown`: the network is known to the tenant that is named. */
export const beginAttempt = (
  limiter: SignInLimiter,
  operationId: string,
  request: HttpRequest,
  body: Uint8Array | null,
  isKnown = false,
): Attempt => {
  const hint = hintOf(operationId, body)
  const { remoteAddress } = request
  const isClaim = hint.isClaim === true
  const attempt = limiter.attempt(remoteAddress, tenantText(hint), hint.username, isClaim)
  const decision = attempt.begin(isKnown)
  return {
    hint,
    refusal: refusalOf(decision, request),
    soon: decision.soon,
    ended: (status) => {
      // A tenant that does not open answers 500 and is on record each time: that must cost something too.
      if (status === 401 || status === 500) attempt.failed()
      else attempt.released()
      return attempt.headers()
    },
  }
}

/** What is named, in one spelling, for turns and shards: names that exist and names that do not alike. */
export const nameOf = (hint: Hint): string => tenantText(hint)?.toLowerCase() ?? '/management'

/** The tenant that the hint leads to, all zeros for the management plane; null: to nobody. */
export const destinationOf = async (
  hint: Hint,
  resolve: (shortCode: string) => Promise<TenantId | null>,
): Promise<TenantId | null> => {
  if (hint.tenant === null) return installationId
  return 'id' in hint.tenant ? hint.tenant.id : resolve(hint.tenant.code)
}
