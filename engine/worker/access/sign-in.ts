// The end of every way to sign in: a session, an access token signed by the broker, and the answer's shape (SPEC §7).
import { ApiError } from '../../errors.js'
import type { Uuid } from '../../ids.js'
import { networkOf } from '../../network.js'
import { accessTokenLifetime } from '../../task/token-life.js'
import type { AuditEvent } from '../audit/event.js'
import type { ActionName } from '../audit/actions.js'
import { systemActor } from '../audit/system-event.js'
import type { TenantContext } from '../context/context.js'
import { commitByVersion } from './commit.js'
import { expiredSessions, startSession } from '../identity/session.js'
import { type User, readUser, updateUser } from '../identity/user.js'
import { isStale } from '../store/store.js'

export interface SignInAnswer {
  readonly accessToken: string
  readonly refreshToken: string
  readonly tokenType: 'Bearer'
  readonly expiresIn: number
}

/** What the events of a sign-in need to know of its request. */
export interface AuthRequest {
  readonly requestId: Uuid
  readonly clientAddress: string
}

export const authEvent = (
  call: AuthRequest,
  context: TenantContext,
  action: ActionName,
  user: User | null,
  outcome: AuditEvent['outcome'] = 'success',
): AuditEvent => ({
  action,
  actor: user
    ? {
        type: context.isInstallation ? 'msp-admin' : 'user',
        id: user.id,
        name: user.profile.username,
      }
    : systemActor,
  target: user ? { type: 'user', id: user.id } : { type: 'tenant', id: context.tenant },
  outcome,
  requestId: call.requestId,
  clientAddress: call.clientAddress,
  time: context.services.clock.now(),
  detail: {},
})

/** That somebody tried, on record before they are told. */
export const recordRefusal = async (
  call: AuthRequest,
  context: TenantContext,
  action: ActionName,
  user: User | null,
): Promise<void> => {
  const event = authEvent(call, context, action, user, 'failure')
  await context.audit.append(event)
}

export const answerWith = async (
  context: TenantContext,
  user: Uuid,
  generation: number,
  session: Uuid,
  refreshToken: string,
): Promise<SignInAnswer> => ({
  accessToken: await context.services.broker.sign({
    aud: context.isInstallation ? 'msp' : 'tenant',
    tid: context.tenant,
    sub: user,
    sid: session,
    gen: generation,
    tgn: context.tokenGeneration,
  }),
  refreshToken,
  tokenType: 'Bearer',
  expiresIn: accessTokenLifetime,
})

/**
 * The network is known to the tenant from now on (FORMATS §8). Nobody waits for it: whether it could be kept makes no
 * sign-in fail.
 */
export const learnNetwork = (call: AuthRequest, { services, tenant }: TenantContext): void => {
  services.broker.learnNetwork(tenant, networkOf(call.clientAddress)).catch((error: unknown) => {
    services.log.warn('a network is not remembered', { tenantId: tenant, error })
  })
}

const attempts = 8

/**
 * Starts a session of a user whose password was just verified; repeats when another change of the user came first.
 * Holding the mutex: many sign-ins of one user at once would overtake each other.
 */
export const signIn = (
  call: AuthRequest,
  context: TenantContext,
  verified: User,
): Promise<SignInAnswer> => context.mutex.run(() => signInAlone(call, context, verified))

const signInAlone = async (
  call: AuthRequest,
  context: TenantContext,
  verified: User,
): Promise<SignInAnswer> => {
  let user: User | null = verified
  for (let left = attempts; left > 0; left--) {
    if (!user || !mayStillSignIn(user, verified)) break
    try {
      return await commitSignIn(call, context, user)
    } catch (error) {
      if (!isStale(error)) throw error
      user = await readUser(context, verified.id)
    }
  }
  // Still the right password: it was only overtaken, again and again.
  const isRight = user !== null && mayStillSignIn(user, verified)
  throw new ApiError(isRight ? 'overloaded' : 'invalid_credentials')
}

const mayStillSignIn = (now: User, verified: User): boolean =>
  now.access.status === 'active' &&
  now.access.generation === verified.access.generation &&
  now.access.verifier === verified.access.verifier

/** Nobody's act, so without an event; what could not be cleared is at the next sign-in. */
const clearExpired = async (context: TenantContext, user: Uuid, now: number): Promise<void> => {
  const expired = await expiredSessions(context, user, now).catch(() => [])
  if (expired.length > 0) await context.store.put(expired).catch(() => undefined)
}

const commitSignIn = async (
  call: AuthRequest,
  context: TenantContext,
  user: User,
): Promise<SignInAnswer> => {
  const time = context.services.clock.now()
  const { session, change, refreshToken } = startSession(
    context,
    user.id,
    user.access.generation,
    time,
  )
  await commitByVersion(context, {
    changes: [change, updateUser(context.keys, user, { profile: { lastLoginTime: time } }, time)],
    events: [authEvent(call, context, 'auth.login', user)],
  })
  // The profile shows the last sign-in; what decides access has not changed.
  context.access.forget('user', user.id)
  await clearExpired(context, user.id, time)
  if (!context.isActive) throw new ApiError('invalid_credentials')
  learnNetwork(call, context)
  return answerWith(context, user.id, user.access.generation, session.id, refreshToken)
}
