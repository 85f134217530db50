// What may become a tenant: short codes that are not reserved (SPEC §6), and only as many as the licence says (§5).
import { ApiError } from '../../errors.js'
import { isReservedCode } from '../../reserved-codes.js'
import { countLiving } from './billing.js'
import type { Installation } from './installation.js'

/** Errors: `validation_failed` for a code that is reserved. */
export const requireFreeName = (shortCode: string): void => {
  if (isReservedCode(shortCode))
    throw new ApiError('validation_failed', undefined, [
      { pointer: '/shortCode', message: 'is reserved' },
    ])
}

const requirePlace = async (
  { license, clock }: Installation,
  limit: number | null,
  used: () => Promise<number>,
): Promise<void> => {
  const { expiresTime } = license
  const expired = expiresTime !== null && expiresTime <= clock.now()
  if (expired || (limit !== null && (await used()) >= limit))
    throw new ApiError('license_limit_reached')
}

/** Errors: `license_limit_reached`, also after the licence has expired. */
export const requireTenantPlace = (installation: Installation): Promise<void> =>
  requirePlace(installation, installation.license.maxTenants, () =>
    installation.directory.countLicensed(),
  )

/** Of all tenants together, as far as their events have come in. Errors: `license_limit_reached`. */
export const requireUserPlace = (installation: Installation): Promise<void> =>
  requirePlace(installation, installation.license.maxUsers, () =>
    countLiving(installation.context.store, 'user'),
  )
