// What may become a tenant: short codes that are not reserved (SPEC §6), and only as many as the licence says (§5).
import { ApiError } from '../../errors.js'
import type { Installation } from './installation.js'

const reserved = new Set([
  'msp',
  'admin',
  'root',
  'system',
  'control',
  'postgres',
  'template0',
  'template1',
  'master',
  'tempdb',
  'model',
  'msdb',
  'public',
])

/** Errors: `validation_failed` for a code that is reserved. */
export const requireFreeName = (shortCode: string): void => {
  if (reserved.has(shortCode.toLowerCase()))
    throw new ApiError('validation_failed', undefined, [
      { pointer: '/shortCode', message: 'is reserved' },
    ])
}

/** Errors: `license_limit_reached`, also after the licence has expired. */
export const requireTenantPlace = async ({
  license,
  directory,
  clock,
}: Installation): Promise<void> => {
  const { maxTenants, expiresTime } = license
  const expired = expiresTime !== null && expiresTime <= clock.now()
  if (expired || (maxTenants !== null && (await directory.countLicensed()) >= maxTenants))
    throw new ApiError('license_limit_reached')
}
