// The one tenant of the enterprise edition (SPEC §5). Nobody may provision there, so the engine does it by itself: at its
// first start, and at a later one what was left undone. Each start shows a set-up token until the tenant is claimed; the
// one before it is dead then, as with every token that is issued anew.
import type { Milliseconds } from '../../clock.js'
import { ApiError } from '../../errors.js'
import { nilUuid } from '../../ids.js'
import type { OwnTenant } from '../../task/control.js'
import type { ActionName } from '../audit/actions.js'
import type { AuditEvent } from '../audit/event.js'
import type { Change } from '../store/store.js'
import type { Installation } from './installation.js'
import { type Reservation, latestOperation, reservationOf, retryOf } from './reservation.js'
import { reissue, reissuedChange } from './setup-reissue.js'
import { requireTenantPlace } from './tenant-limits.js'
import type { TenantRecord } from './tenant-record.js'

const waitMs: Milliseconds = 60_000
/** The first administrator has no address that anybody could have told. */
const contactEmail = 'admin@localhost'
const asker = { id: nilUuid, name: 'first start' }
const longestName = 100

/** Null: another edition, or claimed already. Rejects when the tenant cannot be provisioned now. */
export const openOwnTenant = async (
  installation: Installation,
  shortCode: string,
): Promise<OwnTenant | null> => {
  const { license, directory } = installation
  if (license.edition !== 'enterprise') return null
  const { tenants } = await directory.list(null, { offset: 0, limit: 1 })
  const [present] = tenants
  const begun = await begin(installation, present, shortCode)
  if (begun) await installation.provisioning.wait(begun.operation.id, waitMs)
  const tenant = await directory.get(begun?.tenant.id ?? present?.id ?? '')
  if (begun && tenant.status !== 'active') throw new ApiError('control_unavailable')
  if (tenant.status !== 'active' || !isUnclaimed(tenant)) return null
  const promised = begun?.isFresh ? begun.operation.result.setup?.token : undefined
  const setupToken = promised ?? (await issueAnew(installation, tenant))
  return setupToken === null
    ? null
    : {
        shortCode: tenant.shortCode,
        adminUsername: tenant.admin.email.toLowerCase(),
        setupToken,
      }
}

const isUnclaimed = ({ setup, admin }: TenantRecord): boolean =>
  admin.claim === null && setup.at(-1)?.usedTime === null

interface Begun extends Pick<Reservation, 'tenant' | 'operation'> {
  /** Its token has never been shown. */
  readonly isFresh: boolean
}

const begin = async (
  installation: Installation,
  present: TenantRecord | undefined,
  shortCode: string,
): Promise<Begun | null> => {
  if (present?.status === 'provisioning') {
    const operation = await latestOperation(installation, present)
    return operation ? { tenant: present, operation, isFresh: false } : null
  }
  if (present?.status === 'failed')
    return started(installation, await retryOf(installation, present), 'tenant.retry')
  if (present) return null
  const displayName = installation.license.organisation.slice(0, longestName)
  const body = { shortCode, displayName, contactEmail }
  await requireTenantPlace(installation)
  const reserved = reservationOf(installation, body, asker)
  return started(installation, reserved, 'tenant.provision')
}

const started = async (
  installation: Installation,
  { tenant, operation, changes }: Reservation,
  action: ActionName,
): Promise<Begun> => {
  await commit(installation, changes, eventOf(installation, tenant, action))
  installation.provisioning.start(operation)
  return { tenant, operation, isFresh: action === 'tenant.provision' }
}

/** Null: claimed after all, and the directory has not heard of it yet. */
const issueAnew = async (
  installation: Installation,
  tenant: TenantRecord,
): Promise<string | null> => {
  const event = eventOf(installation, tenant, 'setup_token.issue')
  const issued = await installation.tenants
    .use(tenant.id, (its) => reissue(its, tenant, event))
    .catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 'invalid_transition') return null
      throw error
    })
  if (!issued) return null
  const change = reissuedChange(installation, tenant, issued, asker.name, installation.clock.now())
  await commit(installation, [change], event)
  return issued.token
}

const eventOf = (
  { clock }: Installation,
  { id }: TenantRecord,
  action: ActionName,
): AuditEvent => ({
  action,
  actor: { type: 'system', id: '', name: '' },
  target: { type: 'tenant', id },
  outcome: 'success',
  requestId: '',
  clientAddress: '',
  time: clock.now(),
  detail: {},
})

const commit = async (
  { context }: Installation,
  changes: readonly Change[],
  event: AuditEvent,
): Promise<void> => {
  const decided = { changes, outbox: [], raiseEpoch: false, expectedEpoch: null }
  context.access.observe(await context.audit.commit(decided, [event]))
}
