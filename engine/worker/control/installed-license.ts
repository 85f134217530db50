// Which licence is in force: the file that the configuration names, else the vendor's licence that was last accepted,
// else the development licence of the first start, which never counts again once a vendor's was accepted.
import { readFile } from 'node:fs/promises'
import type { JWK } from 'jose'
import { systemReason } from '../../system-reason.js'
import type { Milliseconds } from '../../clock.js'
import { type License, LicenseError, openDevelopmentLicense, openVendorLicense } from './license.js'
import type { InstallationSecrets } from './secrets.js'

export interface LicenseOptions {
  /** Absolute path of the licence, or null. */
  readonly file: string | null
  /** Absolute paths: one JWK or a JWK set each. */
  readonly publicKeys: readonly string[]
}

const readText = async (file: string, key: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new LicenseError(`${key}: ${file} cannot be read: ${systemReason(error)}`)
  }
}

const readKeys = async (file: string): Promise<JWK[]> => {
  const text = await readText(file, 'license.publicKeys')
  try {
    const found = JSON.parse(text) as JWK | { readonly keys: JWK[] }
    const keys = 'keys' in found && Array.isArray(found.keys) ? found.keys : [found as JWK]
    if (keys.some(({ kty, d }) => kty !== 'OKP' || d !== undefined)) throw new Error('not public')
    return keys
  } catch {
    throw new LicenseError(`license.publicKeys: ${file} holds no public keys`)
  }
}

export interface InstalledLicense {
  readonly license: License
  /** What must be stored, or null when nothing changed. */
  readonly accepted: NonNullable<InstallationSecrets['vendorLicense']> | null
}

const fromFile = async (
  { file, publicKeys }: LicenseOptions & { readonly file: string },
  now: Milliseconds,
): Promise<NonNullable<InstalledLicense['accepted']> & { readonly license: License }> => {
  const keys = (await Promise.all(publicKeys.map(readKeys))).flat()
  if (keys.length === 0) throw new LicenseError('license.file needs license.publicKeys')
  const token = (await readText(file, 'license.file')).trim()
  try {
    return { token, keys, license: await openVendorLicense(token, keys, now) }
  } catch (error) {
    throw error instanceof LicenseError
      ? new LicenseError(`license.file: ${file}: ${error.message}`)
      : error
  }
}

/** What the configuration names, before anything is made. Throws a LicenseError of one line. */
export const checkLicenseFiles = async (
  { file, publicKeys }: LicenseOptions,
  now: Milliseconds,
): Promise<void> => {
  if (file === null) await Promise.all(publicKeys.map(readKeys))
  else await fromFile({ file, publicKeys }, now)
}

/** Throws a LicenseError of one line. */
export const installedLicense = async (
  options: LicenseOptions,
  secrets: InstallationSecrets,
  now: Milliseconds,
): Promise<InstalledLicense> => {
  const { vendorLicense, developmentLicense } = secrets
  if (options.file !== null) {
    const { license, token, keys } = await fromFile({ ...options, file: options.file }, now)
    return { license, accepted: vendorLicense?.token === token ? null : { token, keys } }
  }
  if (vendorLicense)
    return {
      license: await openVendorLicense(vendorLicense.token, vendorLicense.keys, now),
      accepted: null,
    }
  if (!developmentLicense) throw new LicenseError('there is no licence')
  return { license: await openDevelopmentLicense(developmentLicense), accepted: null }
}
