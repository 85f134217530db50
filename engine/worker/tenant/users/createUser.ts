// POST users: an invited user and the one-time token with which that person, and nobody else, chooses a password.
import { toUtc } from '../../../clock.js'
import { type Uuid, newId } from '../../../ids.js'
import type { BodyOf } from '../../../task/contract.js'
import type { OutboxEvent } from '../../../task/outbox-event.js'
import { commitDecided } from '../../access/commit.js'
import { type Call, type Result, operation } from '../../request/operation.js'
import { issueToken } from '../../identity/setup-token.js'
import { type User, insertUser, userJson } from '../../identity/user.js'
import { hasUsers } from '../../identity/user-count.js'
import { canonicalUsername } from '../../keys/canonical.js'
import type { TenantContext } from '../../context/context.js'
import { sealEvent } from '../../context/outbox.js'
import { canonical } from '../../vault/entry.js'

type Created = Extract<OutboxEvent, { readonly type: 'user.created' }>

export const createUser = operation('createUser', { action: 'user.create' }, async (call) => {
  const { context } = call
  const { broker, clock } = context.services
  const data = { userId: newId() }
  const created: Created = { id: newId(), type: 'user.created', time: clock.now(), data }
  await holdPlace(context, created.id)
  try {
    return await create(call, created)
  } catch (error) {
    // Why it failed matters more than a place that is held.
    await broker.releaseUserPlace(created.id).catch(() => undefined)
    throw error
  }
})

const create = async (
  call: Call<'createUser'>,
  created: Created,
): Promise<Result<'createUser'>> => {
  const { context, event, body } = call
  const user = invited(body, created)
  const setup = issueToken(context.keys, context.tenant, user.id, created.time)
  await commitDecided(call, {
    changes: [insertUser(context.keys, user), setup.change],
    event: event({ roles: body.roles }, { type: 'user', id: user.id }),
    outbox: [sealEvent(context.keys, created)],
    raiseEpoch: true,
  })
  // The licence counts users by their events; should this fail, the next tick delivers it.
  await context.services.broker.takeOutbox(context.tenant, [created]).catch(() => undefined)
  return {
    status: 201,
    headers: { location: `/api/v1/users/${user.id}` },
    body: {
      ...userJson(user),
      setupToken: setup.token,
      setupExpiresUtc: toUtc(setup.expiresTime),
    } as never,
  }
}

const invited = (body: BodyOf<'createUser'>, { data, time }: Created): User => ({
  id: data.userId,
  version: 1,
  createdTime: time,
  access: { roles: body.roles, status: 'invited', generation: 0, verifier: null },
  profile: {
    username: canonical('/username', () => canonicalUsername(body.username)),
    displayName: body.displayName,
    email: body.email,
    lastLoginTime: null,
  },
})

/**
 * The tenant's own limit, then the licence's. Exact although it counts first: the epoch that the commit expects is
 * raised by every other creation, and a place is held for this one until its event has come in.
 */
const holdPlace = async (context: TenantContext, event: Uuid): Promise<void> => {
  const { maxUsers } = context.directory
  const isFull = maxUsers !== null && (await hasUsers(context, maxUsers))
  await context.services.broker.holdUserPlace({ tenant: context.tenant, event, isFull })
}
