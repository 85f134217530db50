// Access tokens in the engine's own form (FORMATS §8) for contenders that have no sign-in: the runner holds the private
// key, a contender gets the public one.
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose'
import { newId } from '../../engine/ids.js'

export interface TokenIdentity {
  readonly issuer: string
  readonly tenant: string
  readonly user: string
  readonly session: string
}

export interface TokenIssuer {
  readonly identity: TokenIdentity
  readonly publicKey: JWK
  /** An Authorization header, good for ten minutes. */
  authorization(): Promise<string>
}

const lifetimeSeconds = 600

export const createTokenIssuer = async (): Promise<TokenIssuer> => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
  const identity = { issuer: newId(), tenant: newId(), user: newId(), session: newId() }
  const kid = newId()
  const authorization = async (): Promise<string> => {
    const iat = Math.floor(Date.now() / 1000)
    const { issuer: iss, tenant: tid, user: sub, session: sid } = identity
    const claims = { iss, aud: 'tenant', tid, sub, sid, gen: 1, tgn: 1, iat }
    const token = await new SignJWT({ ...claims, exp: iat + lifetimeSeconds })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'rppam-at+jwt', kid })
      .sign(privateKey)
    return `Bearer ${token}`
  }
  return { identity, publicKey: { ...(await exportJWK(publicKey)), kid }, authorization }
}
