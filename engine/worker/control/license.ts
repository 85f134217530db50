// The licence (FORMATS §8): a JWT of the vendor, EdDSA, `typ` exactly rppam-license+jwt. Without one, a development
// licence, whose private key is thrown away in the function that made it.
import {
  type JWK,
  SignJWT,
  createLocalJWKSet,
  decodeJwt,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
} from 'jose'
import type { JWTPayload } from 'jose'
import type { Milliseconds } from '../../clock.js'

export const licenseType = 'rppam-license+jwt'
export const developmentTenants = 25

export interface License {
  readonly edition: 'enterprise' | 'msp'
  readonly organisation: string
  /** Null: unlimited. */
  readonly maxTenants: number | null
  readonly maxUsers: number | null
  readonly maxResources: number | null
  readonly maxNodes: number | null
  readonly features: readonly string[]
  readonly expiresTime: Milliseconds | null
  readonly development: boolean
}

export interface Usage {
  readonly tenants: number
  readonly users: number
  readonly resources: number
  readonly nodes: number
}

export class LicenseError extends Error {}

const limitOf = (payload: JWTPayload, name: string): number | null => {
  const value = payload[name]
  if (value === undefined || value === null) return null
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw new LicenseError(`the licence's ${name} is not a number`)
  return value as number
}

const read = (payload: JWTPayload): License => {
  const edition = payload['edition']
  const organisation = payload['organisation']
  if (edition !== 'enterprise' && edition !== 'msp')
    throw new LicenseError('the licence names no edition')
  if (typeof organisation !== 'string') throw new LicenseError('the licence names no organisation')
  // Beyond it there is no date to show (ECMA-262 §21.4.1.1).
  if (Math.abs(payload.exp ?? 0) > 8.64e12) throw new LicenseError('the licence ends at no date')
  const features = payload['features'] ?? []
  if (!Array.isArray(features) || features.some((feature) => typeof feature !== 'string'))
    throw new LicenseError("the licence's features are malformed")
  return {
    edition,
    organisation,
    maxTenants: edition === 'enterprise' ? 1 : limitOf(payload, 'maxTenants'),
    maxUsers: limitOf(payload, 'maxUsers'),
    maxResources: limitOf(payload, 'maxResources'),
    maxNodes: limitOf(payload, 'maxNodes'),
    features: features as string[],
    expiresTime: payload.exp === undefined ? null : payload.exp * 1000,
    development: payload['development'] === true,
  }
}

// An expired licence still opens: what is readable stays readable (SPEC §5). Its signature and shape always count.
const verify = async (
  token: string,
  keys: readonly JWK[],
  now: Milliseconds,
): Promise<JWTPayload> => {
  try {
    const { payload, protectedHeader } = await jwtVerify(
      token,
      createLocalJWKSet({ keys: [...keys] }),
      {
        algorithms: ['EdDSA'],
        typ: licenseType,
        currentDate: new Date(Math.min(now, (decodeJwt(token).exp ?? Infinity) * 1000 - 1)),
      },
    )
    // jose compares `typ` as media types, in any case and with a prefix.
    if (protectedHeader.typ !== licenseType) throw new Error('another type')
    return payload
  } catch {
    throw new LicenseError('the licence is not signed by a known vendor key')
  }
}

/** Throws a LicenseError of one sentence. A vendor's licence is never a development one. */
export const openVendorLicense = async (
  token: string,
  keys: readonly JWK[],
  now: Milliseconds,
): Promise<License> => {
  const license = read(await verify(token, keys, now))
  if (license.development) throw new LicenseError('a development licence cannot be installed')
  return license
}

export interface DevelopmentLicense {
  readonly token: string
  readonly publicJwk: JWK
}

export const newDevelopmentLicense = async (): Promise<DevelopmentLicense> => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
  const token = await new SignJWT({
    organisation: 'Development',
    edition: 'msp',
    maxTenants: developmentTenants,
    features: ['multi-tenant'],
    development: true,
  })
    .setProtectedHeader({ alg: 'EdDSA', typ: licenseType })
    .setIssuedAt()
    .sign(privateKey)
  return { token, publicJwk: await exportJWK(publicKey) }
}

/** Its key counts only for what a development licence may be. */
export const openDevelopmentLicense = async ({
  token,
  publicJwk,
}: DevelopmentLicense): Promise<License> => {
  try {
    const { payload } = await jwtVerify(token, await importJWK(publicJwk, 'EdDSA'), {
      typ: licenseType,
    })
    const license = read(payload)
    if (license.development && license.maxTenants === developmentTenants) return license
  } catch {
    // Falls through to the one sentence below.
  }
  throw new LicenseError('the development licence is damaged')
}
