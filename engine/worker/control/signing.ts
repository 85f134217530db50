// The installation's signing keys: one for access tokens, one for statements that outlive it (checkpoints, destruction
// records), apart from each other. Private keys stay in the broker's thread.
import {
  type JWK,
  type CryptoKey,
  SignJWT,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
} from 'jose'
import type { Clock } from '../../clock.js'
import type { TokenClaims } from '../../task/broker.js'
import { accessTokenLifetime } from '../../task/token-life.js'

export interface StoredKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string
  readonly privateJwk: JWK
  readonly publicJwk: JWK
}

/** A new Ed25519 key pair (RFC 8037). */
export const newSigningKey = async (): Promise<StoredKey> => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', {
    crv: 'Ed25519',
    extractable: true,
  })
  const publicJwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(publicJwk)
  return {
    kid,
    privateJwk: await exportJWK(privateKey),
    publicJwk: { ...publicJwk, kid, alg: 'EdDSA' },
  }
}

export class TokenSigner {
  private constructor(
    private readonly issuer: string,
    private readonly kid: string,
    private readonly key: CryptoKey | Uint8Array,
    private readonly clock: Clock,
  ) {}

  static async open(
    issuer: string,
    { kid, privateJwk }: StoredKey,
    clock: Clock,
  ): Promise<TokenSigner> {
    return new TokenSigner(issuer, kid, await importJWK(privateJwk, 'EdDSA'), clock)
  }

  /** An access token (FORMATS §8): ids and generations, no roles, no names. */
  sign({ aud, tid, sub, sid, gen, tgn }: TokenClaims): Promise<string> {
    const now = Math.floor(this.clock.now() / 1000)
    return new SignJWT({ tid, sid, gen, tgn })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'rppam-at+jwt', kid: this.kid })
      .setIssuer(this.issuer)
      .setAudience(aud)
      .setSubject(sub)
      .setIssuedAt(now)
      .setExpirationTime(now + accessTokenLifetime)
      .sign(this.key)
  }
}
