// POST users: an invited user and the one-time token with which that person, and nobody else, chooses a password.
import { toUtc } from '../../../clock.js'
import { ApiError } from '../../../errors.js'
import { newId } from '../../../ids.js'
import { commitDecided } from '../../access/commit.js'
import { operation } from '../../request/operation.js'
import { issueToken } from '../../identity/setup-token.js'
import { type User, insertUser, userJson } from '../../identity/user.js'
import { canonicalUsername } from '../../keys/canonical.js'
import type { TenantContext } from '../../context/context.js'
import { rowState } from '../../store/store.js'
import { canonical } from '../../vault/entry.js'

export const createUser = operation('createUser', { action: 'user.create' }, async (call) => {
  const { context, body, event } = call
  const time = context.services.clock.now()
  await requirePlace(context)
  const user: User = {
    id: newId(),
    version: 1,
    createdTime: time,
    access: { roles: body.roles, status: 'invited', generation: 0, verifier: null },
    profile: {
      username: canonical('/username', () => canonicalUsername(body.username)),
      displayName: body.displayName,
      email: body.email,
      lastLoginTime: null,
    },
  }
  const setup = issueToken(context.keys, context.tenant, user.id, time)
  await commitDecided(call, {
    changes: [insertUser(context.keys, user), setup.change],
    event: event({ roles: body.roles }, { type: 'user', id: user.id }),
    outbox: [{ id: newId(), type: 'user.created', time, data: { userId: user.id } }],
    raiseEpoch: true,
  })
  // The licence counts users by their events; should this fail, the next tick delivers it.
  await context.drainOutbox().catch(() => undefined)
  return {
    status: 201,
    headers: { location: `/api/v1/users/${user.id}` },
    body: {
      ...userJson(user),
      setupToken: setup.token,
      setupExpiresUtc: toUtc(setup.expiresTime),
    } as never,
  }
})

// Exact although it counts first: the epoch that the commit expects is raised by every other creation.
const requirePlace = async (context: TenantContext): Promise<void> => {
  await context.services.broker.requireUserPlace()
  const { maxUsers } = context.directory
  if (maxUsers === null) return
  if ((await context.store.count('user_account', rowState.live)) >= maxUsers)
    throw new ApiError('tenant_limit_reached')
}
