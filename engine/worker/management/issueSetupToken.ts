// POST msp/tenants/{tenantId}/setup-token: a new one for the first administrator, only while nobody has claimed the
// tenant; the one before it is dead at once. On record in both planes.
import { toUtc } from '../../clock.js'
import { ApiError } from '../../errors.js'
import { commitDecided } from '../access/commit.js'
import type { AuditEvent } from '../audit/event.js'
import type { TenantContext } from '../context.js'
import { issueToken, revokeSetups } from '../identity/setup-token.js'
import { readUser, updateUser } from '../identity/user.js'
import { installationOf } from '../installation/installation.js'
import { type TenantRecord, updateTenant } from '../installation/tenant-record.js'
import { operation } from '../operation.js'
import { StoreError } from '../store/store.js'

export const issueSetupToken = operation(
  'issueSetupToken',
  { action: 'setup_token.issue', target: ({ path }) => ({ type: 'tenant', id: path.tenantId }) },
  async (call) => {
    const { context, principal, path, event } = call
    const installation = installationOf(context)
    const tenant = await installation.directory.get(path.tenantId)
    if (tenant.status !== 'active') throw new ApiError('invalid_transition')
    const issued = await installation.tenants.use(tenant.id, (its) => reissue(its, tenant, event()))
    const time = installation.clock.now()
    const setup = [
      ...tenant.setup,
      { id: issued.id, issuedTime: time, issuedBy: principal.name, usedTime: null, reissued: true },
    ]
    await commitDecided(call, {
      changes: [updateTenant(context.keys, tenant, { setup }, time).change],
      event: event(),
      // Two at once: the later token is the one that works, and the one on record.
      ifStale: new ApiError('conflict'),
    })
    return {
      status: 201,
      body: {
        adminUsername: tenant.admin.email.toLowerCase(),
        setupToken: issued.token,
        setupExpiresUtc: toUtc(issued.expiresTime),
      },
    }
  },
)

/** In the tenant's own database. The row of the administrator guards it: a claim at the same moment wins or loses. */
const reissue = async (
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
