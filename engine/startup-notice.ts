// What a start says to the person who made it: where it listens, where the API is described, what to try next, and at
// the first start, once, the administrator's password.
import type { Config } from './config.js'
import type { OpenedInstallation, OwnTenant } from './task/control.js'

/** Said as soon as it exists: a start that fails after it must not take the only copy along. */
const passwordLines = ({ generatedPassword, isFirstStart }: OpenedInstallation): string[] => {
  if (generatedPassword !== null)
    return [`The administrator is "admin", the password (shown once): ${generatedPassword}`]
  return isFirstStart ? ['The administrator is "admin", the password is bootstrap.password.'] : []
}

const hostOf = (host: string): string => (host.includes(':') ? `[${host}]` : host)

export const passwordNotice = (opened: OpenedInstallation): string =>
  passwordLines(opened)
    .map((line) => `${line}\n`)
    .join('')

/** At every start of the enterprise edition until its tenant is claimed. */
export const ownTenantNotice = (tenant: OwnTenant | null): string =>
  tenant === null
    ? ''
    : `The tenant is "${tenant.shortCode}", its administrator "${tenant.adminUsername}"; POST auth/setup with this token ` +
      `(it works once) sets the password: ${tenant.setupToken}\n`

export const startupNotice = (config: Config, port: number): string => {
  const url = `${config.listen.tls ? 'https' : 'http'}://${hostOf(config.listen.host)}:${port}`
  return [
    `RP-PAM listens on ${url}`,
    `The API is described at ${url}/docs and ${url}/openapi.json`,
    'Try next:',
    `  curl -s ${url}/api/v1/auth/login -H 'content-type: application/json' -d '{"username":"admin","password":"<password>"}'`,
    '',
  ].join('\n')
}
