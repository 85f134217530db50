// Who asks, as the tenant's database says it now. The token brings ids and generations only; roles are read here.
import type { Milliseconds } from '../../clock.js'
import { ApiError } from '../../errors.js'
import type { Uuid } from '../../ids.js'
import type { AccessClaims } from '../../task/item.js'
import type { ActorType } from '../audit/actions.js'
import type { TenantContext } from '../context/context.js'
import { type Session, loadSession } from '../identity/session.js'
import { type Role, type User, loadUser } from '../identity/user.js'

export interface Principal {
  readonly type: ActorType
  readonly id: Uuid
  readonly name: string
  readonly roles: readonly Role[]
  readonly session: Uuid
}

const unauthenticated = (): ApiError => new ApiError('unauthenticated')

/** What a principal's session and user said at one epoch, beside the token's own claims. */
interface Admitted {
  readonly principal: Principal
  /** Of the user and of the session. */
  readonly generation: number
  readonly expiresTime: Milliseconds
}

const admittedKind = 'principal'

const isOf = (
  { principal, generation, expiresTime }: Admitted,
  claims: AccessClaims,
  now: number,
) => principal.id === claims.sub && generation === claims.gen && expiresTime > now

/** Whom authorise would answer at once, the same object as long as the epoch stands; null: ask it. */
export const knownPrincipal = (
  context: TenantContext,
  claims: AccessClaims,
  now: Milliseconds,
): Principal | null => {
  if (!context.isActive || claims.tgn !== context.tokenGeneration) return null
  const admitted = context.access.known<Admitted>(admittedKind, claims.sid)
  return admitted && isOf(admitted, claims, now) ? admitted.principal : null
}

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
  const epoch = context.access.state.accessEpoch
  const [user, session] = await Promise.all([
    loadUser(context, claims.sub),
    loadSession(context, claims.sid, now),
  ])
  if (!user || user.access.status !== 'active' || user.access.generation !== claims.gen)
    throw unauthenticated()
  if (!session || session.user !== user.id || session.document.generation !== claims.gen)
    throw unauthenticated()
  const admitted = admit(context, user, session)
  context.access.keep(admittedKind, session.id, admitted, epoch)
  return admitted.principal
}

const admit = ({ isInstallation }: TenantContext, user: User, session: Session): Admitted => ({
  principal: {
    type: isInstallation ? 'msp-admin' : 'user',
    id: user.id,
    name: user.profile.username,
    roles: user.access.roles,
    session: session.id,
  },
  generation: user.access.generation,
  expiresTime: session.expiresTime,
})
