// POST auth/setup: an invited user chooses a password, by a one-time token or by the customer's claim code, and is
// signed in. What was used is gone with the same commit: a claimed tenant cannot be claimed again.
import { ApiError } from '../../errors.js'
import { newId } from '../../ids.js'
import { isClaimCode } from '../../task/claim-code.js'
import { parseToken } from '../../task/opaque-token.js'
import type { BodyOf } from '../../task/contract.js'
import type { TenantContext } from '../context/context.js'
import { sealEvent } from '../context/outbox.js'
import { commitByVersion } from '../access/commit.js'
import { chosenPassword, newVerifier } from '../identity/password.js'
import { wasClaimed } from '../evidence/earlier-claim.js'
import { startSession } from '../identity/session.js'
import { type Setup, findByClaim, findByToken, revokeSetups } from '../identity/setup-token.js'
import { type User, readUser, updateUser } from '../identity/user.js'
import { Redo } from '../access/redo.js'
import { publicOperation } from '../request/operation.js'
import { isStale } from '../store/store.js'
import {
  type AuthRequest,
  type SignInAnswer,
  answerWith,
  authEvent,
  learnNetwork,
  recordRefusal,
} from '../access/sign-in.js'

export const setUpAccount = publicOperation('setUpAccount', async (call) => {
  const { context } = call
  requireWellFormed(call.body)
  call.releaseBatchSlot()
  const password = chosenPassword(call.body.password)
  if (!context) throw refused()
  const setup = context.isActive ? await provenBy(context, call.body) : null
  const user = setup ? await readUser(context, setup.user) : null
  // What was used and put back by somebody with the tenant's database finds its user claimed already; where the user was
  // put back too, the directory still knows, or the tenant's own log.
  const isInvited = user?.access.status === 'invited'
  const isUsed = setup !== null && isInvited && (await isKnownAsUsed(context, setup))
  if (!setup || !user || !isInvited || isUsed) {
    await recordRefusal(call, context, 'setup_token.use', user)
    throw refused()
  }
  const verifier = await newVerifier(context.services, call, password)
  try {
    return { status: 200, body: await claim(call, context, setup, user, verifier) }
  } catch (error) {
    if (isStale(error)) throw new Redo(refused())
    throw error
  }
})

/** What has not the form of a claim is refused alike whatever tenant it names, before anything is looked up. */
const requireWellFormed = (body: BodyOf<'setUpAccount'>): void => {
  if (!('claim' in body) || isClaimCode(body.claim)) return
  throw new ApiError('validation_failed', undefined, [
    { pointer: '/claim', message: 'is not a claim code: its checksum is wrong' },
  ])
}

/** Of a first administrator: directory and log keep these for ever. One that was used ends all of them. */
const isKnownAsUsed = async (
  context: TenantContext,
  { id, user, claimsTenant }: Setup,
): Promise<boolean> => {
  const { setup } = await context.services.broker.directory(context.tenant)
  if (claimsTenant !== true && !setup.some((known) => known.id === id)) return false
  return setup.some(({ usedTime }) => usedTime !== null) || wasClaimed(context, user)
}

const refused = (): ApiError => new ApiError('invalid_credentials')

const provenBy = (context: TenantContext, body: BodyOf<'setUpAccount'>): Promise<Setup | null> => {
  if ('claim' in body) return findByClaim(context.store, context.keys, body.claim)
  const token = parseToken('rpst_', body.token)
  if (!token || token.tenant !== context.tenant) return Promise.resolve(null)
  return findByToken(context.store, context.keys, token, context.services.clock.now())
}

const claim = async (
  call: AuthRequest,
  context: TenantContext,
  setup: Setup,
  user: User,
  verifier: string,
): Promise<SignInAnswer> => {
  const time = context.services.clock.now()
  const generation = user.access.generation + 1
  const { session, change, refreshToken } = startSession(context, user.id, generation, time)
  const used = { id: newId(), type: 'setup.used', time, data: { setup: setup.id } } as const
  const event = authEvent(call, context, 'setup_token.use', user)
  await commitByVersion(context, {
    changes: [
      // Of two at once, one finds the user's row stale.
      updateUser(
        context.keys,
        user,
        { access: { status: 'active', generation, verifier }, profile: { lastLoginTime: time } },
        time,
      ),
      ...(await revokeSetups(context.store, user.id)),
      change,
    ],
    outbox: [sealEvent(context.keys, used)],
    events: [{ ...event, target: { type: 'setup-token', id: setup.id } }],
    raiseEpoch: true,
  })
  // The provider sees at once that its token is used, whatever else waits; should this fail, the next tick delivers it.
  await context.services.broker.takeOutbox(context.tenant, [used]).catch(() => undefined)
  await context.services.main.raiseUser(context.tenant, user.id, generation)
  if (!context.isActive) throw refused()
  learnNetwork(call, context)
  return answerWith(context, user.id, generation, session.id, refreshToken)
}
