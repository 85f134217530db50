// Signs tokens with keys of its own, so that tests can make every kind of wrong one.
import { type CryptoKey, type JWK, SignJWT, exportJWK, generateKeyPair } from 'jose'
import type { Clock } from '../../../../engine/clock.js'
import { newId } from '../../../../engine/ids.js'

export const issuer = newId()
export const start = 1_800_000_000

/** A clock that stands still until moved. */
export interface HandClock extends Clock {
  seconds: number
}
export const handClock = (): HandClock => ({
  seconds: start,
  now() {
    return this.seconds * 1000
  },
})

export interface Signer {
  readonly publicKey: JWK
  readonly privateKey: CryptoKey
  sign(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>
}

export const goodClaims = (): Record<string, unknown> => ({
  iss: issuer,
  aud: 'tenant',
  tid: newId(),
  sub: newId(),
  sid: newId(),
  gen: 1,
  tgn: 1,
  iat: start,
  exp: start + 600,
})

export const createSigner = async (kid: string): Promise<Signer> => {
  const { publicKey, privateKey } = await generateKeyPair('Ed25519', { extractable: true })
  return {
    publicKey: { ...(await exportJWK(publicKey)), kid },
    privateKey,
    sign: (claims = {}, header = {}) =>
      new SignJWT({ ...goodClaims(), ...claims })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'rppam-at+jwt', kid, ...header })
        .sign(privateKey),
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The same bytes in base64url with each other value of its unused bits: 3, 15 or none. */
const withUnusedBits = (segment: string): string[] => {
  const bytes = Buffer.from(segment, 'base64url')
  return [...alphabet]
    .map((last) => segment.slice(0, -1) + last)
    .filter((other) => other !== segment && Buffer.from(other, 'base64url').equals(bytes))
}

/** Other ways to write the same three segments that a lenient decoder reads alike. */
export const spellingsOf = (token: string): string[] => {
  const segments = token.split('.')
  const each = (change: (segment: string) => string[]): string[] =>
    segments.flatMap((segment, at) =>
      change(segment).map((other) => segments.with(at, other).join('.')),
    )
  return [
    ...each(withUnusedBits),
    ...each((segment) => ['=', '==', ' ', '\n', '.', '%3D'].map((more) => segment + more)),
    ...each((segment) => [` ${segment}`, `${segment.slice(0, 9)}\n${segment.slice(9)}`]),
    ...each((segment) => [Buffer.from(segment, 'base64url').toString('base64')]).filter(
      (other) => other !== token,
    ),
  ]
}
