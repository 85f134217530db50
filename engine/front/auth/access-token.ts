// Verifies access tokens (FORMATS §8) with public keys. It must never hold a private key, and never accept another
// kind of token of the same installation, nor a second spelling of one: the header is compared as it was written.
import { type CryptoKey, type JWK, compactVerify, importJWK } from 'jose'
import type { Clock } from '../../clock.js'
import type { AccessClaims } from '../../task/item.js'
import { claimsOf } from './access-claims.js'

export interface TokenVerifierOptions {
  /** Installation id. */
  readonly issuer: string
  /** Public Ed25519 keys with `kid`. */
  readonly keys: readonly JWK[]
  readonly clock: Clock
}

export interface TokenVerifier {
  /**
   * What it claims, whoever wrote it; null for every token that is not written exactly like ours, under a key that is
   * known, and in force. No cryptography: so that what cannot be good costs next to nothing.
   */
  read(token: string): AccessClaims | null
  /** Null for every token that is not exactly ours and in force. Never rejects. */
  verify(token: string): Promise<AccessClaims | null>
  /** Keys of a rotation; known ids are replaced. */
  addKeys(keys: readonly JWK[]): void
}

const algorithms = ['EdDSA']

/** The first segment of all tokens under a key: one spelling, no parsing. */
const headerOf = (kid: string): string =>
  Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: 'rppam-at+jwt', kid })).toString('base64url')

/** 64 bytes of base64url (RFC 4648 §5): in the last character four bits are unused, and zero. */
const signature = /^[\w-]{85}[AQgw]$/

/** JSON in base64url; undefined for what is neither, or has unused bits, padding or white space. */
const jsonOf = (segment: string): unknown => {
  const bytes = Buffer.from(segment, 'base64url')
  if (bytes.toString('base64url') !== segment) return undefined
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}

const publicKey = (jwk: JWK): Promise<CryptoKey> => {
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || jwk.d !== undefined || !jwk.kid)
    throw new Error('a token key must be a public Ed25519 key with an id')
  const { kty, crv, x } = jwk
  return importJWK({ kty, crv, x: x ?? '' }, 'EdDSA') as Promise<CryptoKey>
}

interface Read {
  readonly claims: AccessClaims
  readonly key: Promise<CryptoKey>
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
      keys.set(headerOf(jwk.kid!), key)
    }
  }
  addKeys(options.keys)

  const read = (token: string): Read | null => {
    const [header = '', payload = '', signed = '', more] = token.split('.', 4)
    const key = keys.get(header)
    if (!key || !signature.test(signed) || more !== undefined) return null
    const claims = claimsOf(jsonOf(payload), issuer, Math.floor(clock.now() / 1000))
    return claims && { claims, key }
  }
  const check = async (token: string): Promise<AccessClaims | null> => {
    const found = read(token)
    if (!found) return null
    await compactVerify(token, await found.key, { algorithms })
    return found.claims
  }
  return {
    addKeys,
    read: (token) => read(token)?.claims ?? null,
    verify: (token) => check(token).catch(() => null),
  }
}
