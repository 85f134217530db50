// What a tenant's database and roles are called, and the names that an installation has once. They stay visible to
// every login of the server (FORMATS §7), so that nothing but the short code may be in them.

export interface TenantNames {
  readonly databaseName: string
  /** NOLOGIN; owns database, schema and objects. */
  readonly ownerRole: string
  /** LOGIN; owns nothing. */
  readonly runtimeRole: string
}

export const controlDatabase = 'rppam_control'
/** The MSP's: may read one view of counts in each tenant's database. */
export const countingRole = 'rppam_msp'

/** Of the databases of tenants. */
export const tenantDatabasePrefix = 'rppam_tenant_'

const code = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** Codes have no underscore, so that two codes never share a name. Throws RangeError for what is no short code. */
export const tenantNamesOf = (shortCode: string): TenantNames => {
  const lower = shortCode.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  if (lower.length < 3 || lower.length > 20 || !code.test(lower))
    throw new RangeError('not a short code')
  const suffix = lower.replaceAll('-', '_')
  return {
    databaseName: `${tenantDatabasePrefix}${suffix}`,
    ownerRole: `rppam_owner_${suffix}`,
    runtimeRole: `rppam_run_${suffix}`,
  }
}
