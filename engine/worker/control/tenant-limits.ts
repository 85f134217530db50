// What may become a tenant: short codes that are not reserved (SPEC §6), and only as many as the licence says (§5).
import type { Clock } from '../../clock.js'
import { ApiError } from '../../errors.js'
import { isReservedCode } from '../../reserved-codes.js'
import type { TenantDirectory } from './directory.js'
import type { License } from './license.js'

/** Errors: `validation_failed` for a code that is reserved. */
export const requireFreeName = (shortCode: string): void => {
  if (isReservedCode(shortCode))
    throw new ApiError('validation_failed', undefined, [
      { pointer: '/shortCode', message: 'is reserved' },
    ])
}

/** What is counted, and against what; an installation is one. */
export interface Licensed {
  readonly license: License
  readonly clock: Clock
  readonly directory: Pick<TenantDirectory, 'countLicensed'>
}

/** Errors: `license_limit_reached`, also after the licence has expired. */
export const requirePlace = async (
  { license, clock }: Pick<Licensed, 'license' | 'clock'>,
  limit: number | null,
  used: () => Promise<number>,
): Promise<void> => {
  const { expiresTime } = license
  const expired = expiresTime !== null && expiresTime <= clock.now()
  if (expired || (limit !== null && (await used()) >= limit))
    throw new ApiError('license_limit_reached')
}

/** Errors: `license_limit_reached`, also after the licence has expired. */
export const requireTenantPlace = (licensed: Licensed): Promise<void> =>
  requirePlace(licensed, licensed.license.maxTenants, () => licensed.directory.countLicensed())
