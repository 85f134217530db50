// The licence as the API shows it, with what its holder should know in time.
import { type Milliseconds, toUtc } from '../../clock.js'
import type { Schemas } from '../../task/contract.js'
import type { License, Usage } from './license.js'

const day = 86_400_000

type Warning = Schemas['License']['warnings'][number]

const limitWarning = (name: string, limit: number | null, used: number): Warning[] => {
  if (limit === null || used < limit * 0.8) return []
  const code = used >= limit ? 'limit_reached' : 'limit_near'
  return [{ code, message: `${used} of ${limit} ${name} are in use` }]
}

/** 80 % of a limit, and 30, 14 and 7 days before the end. */
export const warningsOf = (license: License, usage: Usage, now: Milliseconds): Warning[] => [
  ...limitWarning('tenants', license.maxTenants, usage.tenants),
  ...limitWarning('users', license.maxUsers, usage.users),
  ...limitWarning('resources', license.maxResources, usage.resources),
  ...limitWarning('nodes', license.maxNodes, usage.nodes),
  ...expiryWarning(license, now),
]

const expiryWarning = ({ expiresTime }: License, now: Milliseconds): Warning[] => {
  if (expiresTime === null) return []
  if (expiresTime <= now) return [{ code: 'expired', message: 'the licence has expired' }]
  const days = Math.ceil((expiresTime - now) / day)
  const step = [7, 14, 30].find((within) => days <= within)
  return step === undefined
    ? []
    : [{ code: 'expiring', message: `the licence expires within ${step} days` }]
}

/** SPEC §5's answer. */
export const licenseJson = (
  license: License,
  usage: Usage,
  now: Milliseconds,
): Schemas['License'] => ({
  edition: license.edition,
  organisation: license.organisation,
  maxTenants: license.maxTenants,
  maxUsers: license.maxUsers,
  maxResources: license.maxResources,
  maxNodes: license.maxNodes,
  features: [...license.features],
  expiresUtc: license.expiresTime === null ? null : toUtc(license.expiresTime),
  development: license.development,
  usage,
  warnings: warningsOf(license, usage, now),
})
