// A new set-up token for a tenant's first administrator, while nobody has claimed the tenant; the one before it is dead.
import type { Milliseconds } from '../../clock.js'
import { ApiError } from '../../errors.js'
import type { AuditEvent } from '../audit/event.js'
import type { TenantContext } from '../context.js'
import { issueToken, revokeSetups } from '../identity/setup-token.js'
import { readUser, updateUser } from '../identity/user.js'
import { type Change, StoreError } from '../store/store.js'
import type { Installation } from './installation.js'
import { type TenantRecord, updateTenant } from './tenant-record.js'

export type Reissued = ReturnType<typeof issueToken>

/** In the tenant's own database. The row of the administrator guards it: a claim at the same moment wins or loses. */
export const reissue = async (
  context: TenantContext,
  { admin }: TenantRecord,
  event: AuditEvent,
): Promise<ReturnType<typeof issueToken>> => {
  const user = await readUser(context, admin.id)
  // With a claim code of the customer's own no token is ever issued.
  if (!user || user.access.status !== 'invited' || admin.claim !== null)
    throw new ApiError('invalid_transition')
  const time = context.services.clock.now()
  const issued = issueToken(context.keys, context.tenant, admin.id, time)
  try {
    const state = await context.audit.commit(
      {
        changes: [
          ...(await revokeSetups(context.store, admin.id)),
          updateUser(context.keys, user, {}, time),
          issued.change,
        ],
        outbox: [],
        raiseEpoch: true,
        expectedEpoch: null,
      },
      [{ ...event, target: { type: 'user', id: admin.id } }],
    )
    context.access.observe(state)
  } catch (error) {
    if (error instanceof StoreError && error.code === 'stale') throw new ApiError('conflict')
    throw error
  }
  return issued
}

/** What the directory says of it for ever. */
export const reissuedChange = (
  { context }: Installation,
  tenant: TenantRecord,
  { id }: Reissued,
  issuedBy: string,
  issuedTime: Milliseconds,
): Change => {
  const setup = [...tenant.setup, { id, issuedTime, issuedBy, usedTime: null, reissued: true }]
  return updateTenant(context.keys, tenant, { setup }, issuedTime).change
}
