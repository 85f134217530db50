// The one tenant of the enterprise edition (SPEC §5). Nobody may provision there, so the engine does it by itself: at its
// first start, and at a later one what was left undone. Each start shows a set-up token until the tenant is claimed: the
// promised one while it works, then a new one.
import type { Milliseconds } from '../../../clock.js'
import { ApiError } from '../../../errors.js'
import { type TenantId, installationId } from '../../../ids.js'
import { commitByVersion } from '../../access/commit.js'
import type { ActionName } from '../../audit/actions.js'
import type { AuditEvent } from '../../audit/event.js'
import { systemEvent } from '../../audit/system-event.js'
import { isIntegrity } from '../../request/refusal.js'
import { scan } from '../../request/scan.js'
import type { Installation } from '../../installation/installation.js'
import { reportIntegrity } from '../../installation/integrity-report.js'
import { latestOperation } from '../../control/latest-operation.js'
import { provisioningOf } from './provisioning.js'
import { type Reservation, reservationOf, retryOf } from './reservation.js'
import { livingPromise, noPrincipal } from '../../control/setup-promise.js'
import { reissueSetup, unclaimedAdministrator } from './setup-reissue.js'
import { requireTenantPlace } from '../../control/tenant-limits.js'
import { type TenantRecord, tenantStates } from '../../control/tenant-record.js'

/** With the token that sets it up. */
export interface UnclaimedTenant {
  readonly shortCode: string
  readonly adminUsername: string
  readonly setupToken: string
}

/** Longer than any provisioning lasts that ends at all. */
const waitMs: Milliseconds = 10 * 60_000
/** The first administrator has no address that anybody could have told. */
const contactEmail = 'admin@localhost'
const asker = { id: noPrincipal, name: 'first start' }
const longestName = 100

/**
 * Null: another edition, or claimed already. Takes as long as the provisioning; rejects when the tenant cannot be
 * provisioned now.
 */
export const openOwnTenant = async (
  installation: Installation,
  shortCode: string,
): Promise<UnclaimedTenant | null> => {
  if (installation.license.edition !== 'enterprise') return null
  const id = await presentId(installation)
  try {
    return await open(installation, id, shortCode)
  } catch (error) {
    if (isIntegrity(error)) await reportIntegrity(installation, id ?? installationId)
    throw error
  }
}

const open = async (
  installation: Installation,
  present: TenantId | null,
  shortCode: string,
): Promise<UnclaimedTenant | null> => {
  const { id } = present
    ? await goOnWith(installation, await installation.directory.get(present))
    : await make(installation, shortCode)
  const tenant = await installation.directory.get(id)
  if (tenant.status === 'provisioning' || tenant.status === 'failed')
    throw new ApiError('control_unavailable')
  return tenant.status === 'active' ? unclaimed(installation, tenant) : null
}

const presentId = async ({ context }: Installation): Promise<TenantId | null> => {
  for await (const row of scan(context.store, 'tenant', { state: null, secret: false }))
    if (row.state !== tenantStates.deprovisioned) return row.id as TenantId
  return null
}

const goOnWith = async (
  installation: Installation,
  tenant: TenantRecord,
): Promise<TenantRecord> => {
  if (tenant.status === 'failed')
    await run(installation, await retryOf(installation, tenant), 'tenant.retry')
  if (tenant.status === 'provisioning') {
    const operation = await latestOperation(installation.context, tenant)
    if (operation) await provisioningOf(installation).wait(operation.id, waitMs)
  }
  return tenant
}

const make = async (installation: Installation, shortCode: string): Promise<TenantRecord> => {
  await requireTenantPlace(installation)
  const displayName = installation.license.organisation.slice(0, longestName)
  const body = { shortCode, displayName, contactEmail }
  const reserved = reservationOf(installation, body, asker)
  await run(installation, reserved, 'tenant.provision')
  return reserved.tenant
}

const run = async (
  installation: Installation,
  { tenant, operation, changes }: Reservation,
  action: ActionName,
): Promise<void> => {
  const event = eventOf(installation, tenant, action)
  await commitByVersion(installation.context, { changes, events: [event] })
  const provisioning = provisioningOf(installation)
  provisioning.start(operation)
  await provisioning.wait(operation.id, waitMs)
}

const unclaimed = async (
  installation: Installation,
  tenant: TenantRecord,
): Promise<UnclaimedTenant | null> => {
  // The directory may not have heard of a claim yet.
  const user = await installation.tenants.use(tenant.id, (its) =>
    unclaimedAdministrator(its, tenant),
  )
  if (!user) return null
  const operation = await latestOperation(installation.context, tenant)
  const promised = operation && livingPromise(operation, tenant, installation.clock.now())
  const { token } = promised ?? (await issueAnew(installation, tenant))
  return { shortCode: tenant.shortCode, adminUsername: user.profile.username, setupToken: token }
}

const issueAnew = (installation: Installation, tenant: TenantRecord) => {
  const event = eventOf(installation, tenant, 'setup_token.issue')
  return reissueSetup(installation, {
    tenant,
    issuedBy: asker.name,
    event,
    record: async (change) =>
      void (await commitByVersion(installation.context, { changes: [change], events: [event] })),
  })
}

const eventOf = ({ clock }: Installation, { id }: TenantRecord, action: ActionName): AuditEvent =>
  systemEvent(action, { type: 'tenant', id }, 'success', clock.now())
