// Verifies access tokens (FORMATS §8) with public keys. It must never hold a private key, and never accept another
// kind of token of the same installation: type, algorithm and key id are compared exactly.
import { type CryptoKey, type JWK, type JWTPayload, importJWK, jwtVerify } from 'jose'
import type { Clock } from '../../clock.js'
import { type TenantId, isUuid } from '../../ids.js'
import type { AccessClaims } from '../../task/item.js'
import { accessTokenLifetime, clockSkew } from '../../task/token-life.js'

export interface TokenVerifierOptions {
  /** Installation id. */
  readonly issuer: string
  /** Public Ed25519 keys with `kid`. */
  readonly keys: readonly JWK[]
  readonly clock: Clock
}

export interface TokenVerifier {
  /** Null for every token that is not exactly ours and in force. Never rejects. */
  verify(token: string): Promise<AccessClaims | null>
  /** Keys of a rotation; known ids are replaced. */
  addKeys(keys: readonly JWK[]): void
}

const type = 'rppam-at+jwt'

const audiences: ReadonlySet<unknown> = new Set(['msp', 'tenant', 'mfa', 'breakglass'])

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0
const isId = (value: unknown): value is string => typeof value === 'string' && isUuid(value)

const inForce = ({ iat, exp }: JWTPayload, now: number): boolean =>
  isCount(iat) &&
  isCount(exp) &&
  iat <= now + clockSkew &&
  now < exp &&
  exp - iat <= accessTokenLifetime + clockSkew

const claimsOf = (payload: JWTPayload, now: number): AccessClaims | null => {
  const { aud, tid, sub, sid, gen, tgn, exp } = payload
  if (!inForce(payload, now) || !audiences.has(aud)) return null
  if (!isId(tid) || !isId(sub) || !isId(sid) || !isCount(gen) || !isCount(tgn)) return null
  return Object.freeze({
    aud: aud as AccessClaims['aud'],
    tid: tid as TenantId,
    sub,
    sid,
    gen,
    tgn,
    exp: exp as number,
  })
}

const publicKey = (jwk: JWK): Promise<CryptoKey> => {
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || jwk.d !== undefined || !jwk.kid)
    throw new Error('a token key must be a public Ed25519 key with an id')
  const { kty, crv, x } = jwk
  return importJWK({ kty, crv, x: x ?? '' }, 'EdDSA') as Promise<CryptoKey>
}

/** @throws Error for a key that is private, of another kind, or has no id */
export const createTokenVerifier = (options: TokenVerifierOptions): TokenVerifier => {
  const { issuer, clock } = options
  const keys = new Map<string, Promise<CryptoKey>>()
  const addKeys = (added: readonly JWK[]): void => {
    for (const jwk of added) {
      const key = publicKey(jwk)
      // A key that cannot be imported makes its tokens fail, one by one.
      key.catch(() => undefined)
      keys.set(jwk.kid!, key)
    }
  }
  addKeys(options.keys)

  const keyOf = (header: { readonly kid?: string }): Promise<CryptoKey> => {
    const key = header.kid === undefined ? undefined : keys.get(header.kid)
    if (!key) throw new Error('unknown key')
    return key
  }
  const check = async (token: string): Promise<AccessClaims | null> => {
    const now = Math.floor(clock.now() / 1000)
    const { payload, protectedHeader } = await jwtVerify(token, keyOf, {
      algorithms: ['EdDSA'],
      issuer,
      typ: type,
      currentDate: new Date(now * 1000),
      // Only to let iat through; claimsOf looks at exp without tolerance.
      clockTolerance: clockSkew,
    })
    // jose compares `typ` as media types, in any case and with a prefix.
    const exact = protectedHeader.typ === type && Object.keys(protectedHeader).length === 3
    return exact ? claimsOf(payload, now) : null
  }
  return { addKeys, verify: (token) => check(token).catch(() => null) }
}
