// SPEC §7's tenant, for both planes.
import { toUtc } from '../../clock.js'
import type { Schemas } from '../../task/contract.js'
import type { Directory } from '../../task/broker.js'

export const tenantJson = (directory: Directory): Schemas['Tenant'] => ({
  id: directory.tenant,
  shortCode: directory.shortCode,
  displayName: directory.displayName,
  contactEmail: directory.contactEmail,
  status: directory.status,
  createdUtc: toUtc(directory.createdTime),
  maxUsers: directory.maxUsers,
  maxResources: directory.maxResources,
  modules: [...directory.modules],
  database: directory.database,
})

/** With the history of the set-ups of its first administrator: what its own people may see. */
export const ownTenantJson = (directory: Directory): Schemas['OwnTenant'] => ({
  ...tenantJson(directory),
  setup: directory.setup.map(({ issuedTime, issuedBy, usedTime, reissued }) => ({
    issuedUtc: toUtc(issuedTime),
    issuedBy,
    usedUtc: usedTime === null ? null : toUtc(usedTime),
    reissued,
  })),
})
