// Before authentication a request names its tenant itself. That is a routing hint and nothing else: it decides which
// worker looks at the request, and the worker believes nothing of it.
import type { NamedTenant } from '../../task/control.js'
import { isClaimCode } from '../../task/claim-code.js'
import { parseToken } from '../../task/opaque-token.js'

export interface Hint {
  /** By id, from an opaque token; or by short code, from a body; null: the management plane's. */
  readonly tenant: NamedTenant
  /** For the sign-in limits; null where nobody is named. */
  readonly username: string | null
  /** A guess at the named tenant's claim code. */
  readonly isClaim?: true
}

const none: Hint = { tenant: { code: '' }, username: null }

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const byToken = (prefix: 'rprt_' | 'rpst_', text: unknown): Hint => {
  const token = typeof text === 'string' ? parseToken(prefix, text) : null
  return token ? { tenant: { id: token.tenant }, username: null } : none
}

/** What has not the form of a claim is no guess, and leads to no look-up. */
const byClaim = (code: unknown, claim: unknown): Hint =>
  typeof code === 'string' && typeof claim === 'string' && isClaimCode(claim)
    ? { tenant: { code }, username: null, isClaim: true }
    : none

/** Leaves out a byte order mark, as the workers do (RFC 8259 §8.1). */
const utf8 = new TextDecoder()

const parse = (body: Uint8Array): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(utf8.decode(body))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** What the body of an unauthenticated operation hints at. A malformed body hints at nobody: a worker refuses it. */
export const hintOf = (operationId: string, body: Uint8Array | null): Hint => {
  const value = body && parse(body)
  if (!value) return none
  if (operationId === 'refreshSession') return byToken('rprt_', value['refreshToken'])
  if (operationId === 'setUpAccount')
    return 'token' in value
      ? byToken('rpst_', value['token'])
      : byClaim(value['tenant'], value['claim'])
  const code = textOf(value['tenant'])
  return { tenant: code === null ? null : { code }, username: textOf(value['username']) }
}
