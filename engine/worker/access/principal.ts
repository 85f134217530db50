// Who asks, as the tenant's database says it now. The token brings ids and generations only; roles are read here.
import type { Milliseconds } from '../../clock.js'
import { ApiError } from '../../errors.js'
import type { Uuid } from '../../ids.js'
import type { AccessClaims } from '../../task/item.js'
import type { ActorType } from '../audit/actions.js'
import type { TenantContext } from '../context/context.js'
import { loadSession } from '../identity/session.js'
import { type Role, loadUser } from '../identity/user.js'

export interface Principal {
  readonly type: ActorType
  readonly id: Uuid
  readonly name: string
  readonly roles: readonly Role[]
  readonly session: Uuid
}

const unauthenticated = (): ApiError => new ApiError('unauthenticated')

/** Decides by the present epoch. Throws `tenant_suspended`, or `unauthenticated` for every dead token alike. */
export const authorise = async (
  context: TenantContext,
  claims: AccessClaims,
  now: Milliseconds,
): Promise<Principal> => {
  // What was cached may be over: a refusal is never told from memory.
  if (!context.isActive) await context.access.observed(() => context.store.state())
  if (!context.isActive) throw new ApiError('tenant_suspended')
  if (claims.tgn !== context.tokenGeneration) throw unauthenticated()
  const [user, session] = await Promise.all([
    loadUser(context, claims.sub),
    loadSession(context, claims.sid, now),
  ])
  if (!user || user.access.status !== 'active' || user.access.generation !== claims.gen)
    throw unauthenticated()
  if (!session || session.user !== user.id || session.document.generation !== claims.gen)
    throw unauthenticated()
  return {
    type: context.isInstallation ? 'msp-admin' : 'user',
    id: user.id,
    name: user.profile.username,
    roles: user.access.roles,
    session: session.id,
  }
}
