// A new set-up token for a tenant's first administrator, while nobody has claimed the tenant; the one before it is dead.
// It is written down in the directory before it works: no token that works is ever unknown to the provider. What is cut
// off in between leaves one on record that never worked, until the next is issued.
import { type TenantId, newId } from '../../../ids.js'
import { ApiError } from '../../../errors.js'
import { commitByVersion } from '../../access/commit.js'
import type { AuditEvent } from '../../audit/event.js'
import { randomBytes } from '../../cipher/random.js'
import type { TenantContext } from '../../context/context.js'
import { issueFirstToken, revokeSetups } from '../../identity/setup-token.js'
import { type User, readUser, updateUser } from '../../identity/user.js'
import { type Change, isStale } from '../../store/store.js'
import type { Installation } from '../../installation/installation.js'
import { type TenantRecord, updateTenant } from '../../control/tenant-record.js'

type Reissued = ReturnType<typeof issueFirstToken>

interface Reissue {
  readonly tenant: TenantRecord
  /** Who asks. */
  readonly issuedBy: string
  /** Of the tenant's own log. */
  readonly event: AuditEvent
  /** Commits the directory's change, with its event. */
  record(change: Change): Promise<void>
}

/**
 * Null: the tenant is claimed, or is to be claimed by a code of the customer's own. Claimed is claimed, whatever the
 * tenant's own database says by now: somebody may have put back what it held before.
 */
export const unclaimedAdministrator = async (
  context: TenantContext,
  { admin, setup }: TenantRecord,
): Promise<User | null> => {
  if (setup.some(({ usedTime }) => usedTime !== null)) return null
  const user = await readUser(context, admin.id)
  return user?.access.status === 'invited' && admin.claim === null ? user : null
}

/** Of this node. Of two nodes at once, one finds the administrator's row stale. */
const underWay = new Set<TenantId>()

/** Errors: `invalid_transition`, `conflict` for two at once, `database_unavailable` for a database that hangs. */
export const reissueSetup = async (
  installation: Installation,
  reissue: Reissue,
): Promise<Reissued> => {
  const { id } = reissue.tenant
  if (underWay.has(id)) throw new ApiError('conflict')
  underWay.add(id)
  try {
    return await installation.reissues.run(id, (signal) =>
      installation.tenants.use(id, (context) => replace(installation, context, reissue, signal)),
    )
  } finally {
    underWay.delete(id)
  }
}

/** What the tenant's own log cannot take, its database cannot: the provider's log is another. */
const unreached = (error: unknown): unknown =>
  error instanceof ApiError && error.code === 'audit_unavailable'
    ? new ApiError('database_unavailable')
    : error

const replace = async (
  installation: Installation,
  context: TenantContext,
  { tenant, issuedBy, event, record }: Reissue,
  signal: AbortSignal,
): Promise<Reissued> => {
  const { admin } = tenant
  const user = await unclaimedAdministrator(context, tenant)
  if (!user) throw new ApiError('invalid_transition')
  const time = installation.clock.now()
  const token = { tenant: context.tenant, id: newId(), secret: randomBytes(32) }
  const setup = { id: token.id, issuedTime: time, issuedBy, usedTime: null, reissued: true }
  const next = { setup: [...tenant.setup, setup] }
  // Whoever was answered meanwhile gets no token that nobody would see.
  signal.throwIfAborted()
  await record(updateTenant(installation.context.keys, tenant, next, time).change)
  signal.throwIfAborted()
  const issued = issueFirstToken(context.keys, token, admin.id, time)
  try {
    await commitByVersion(context, {
      changes: [
        ...(await revokeSetups(context.store, admin.id)),
        // A claim at the same moment wins or loses.
        updateUser(context.keys, user, {}, time),
        issued.change,
      ],
      events: [{ ...event, target: { type: 'user', id: admin.id } }],
      raiseEpoch: true,
    })
  } catch (error) {
    if (isStale(error)) throw new ApiError('conflict')
    throw unreached(error)
  }
  return issued
}
