// POST auth/refresh: rotates the refresh token. A reused one ends its session (FORMATS §8).
import { ApiError } from '../../errors.js'
import { parseToken } from '../../task/opaque-token.js'
import type { TenantContext } from '../context/context.js'
import { commitByVersion } from '../access/commit.js'
import { type Session, endSession, readSession, refresh } from '../identity/session.js'
import { type User, readUser } from '../identity/user.js'
import { Redo } from '../access/redo.js'
import { publicOperation } from '../request/operation.js'
import { type Change, isStale } from '../store/store.js'
import { type AuthRequest, answerWith, authEvent, recordRefusal } from '../access/sign-in.js'

export const refreshSession = publicOperation('refreshSession', async (call) => {
  const { context } = call
  const token = parseToken('rprt_', call.body.refreshToken)
  const now = call.services.clock.now()
  if (!context || !token || token.tenant !== context.tenant) throw refused()
  const session = context.isActive ? await readSession(context, token.id, now) : null
  const user = session ? await readUser(context, session.user) : null
  if (!session || !user || !mayRefresh(session, user)) {
    await recordRefusal(call, context, 'auth.refresh', user)
    throw refused()
  }
  const outcome = refresh(context, session, token, now)
  if (outcome.kind === 'reused') {
    await end(call, context, session.id, user)
    throw refused()
  }
  if (outcome.kind === 'rotated') await rotate(call, context, outcome.change, user)
  const body = await answerWith(
    context,
    user.id,
    user.access.generation,
    session.id,
    outcome.refreshToken,
  )
  return { status: 200, body }
})

const refused = (): ApiError => new ApiError('invalid_credentials')

const mayRefresh = ({ document }: Session, { access }: User): boolean =>
  access.status === 'active' && access.generation === document.generation

const rotate = async (
  call: AuthRequest,
  context: TenantContext,
  change: Change,
  user: User,
): Promise<void> => {
  try {
    await commitByVersion(context, {
      changes: [change],
      events: [authEvent(call, context, 'auth.refresh', user)],
    })
    if (!context.isActive) throw refused()
  } catch (error) {
    // The same token came twice at once: the second attempt sees the successor.
    if (isStale(error)) throw new Redo(refused())
    throw error
  }
}

const end = async (
  call: AuthRequest,
  context: TenantContext,
  session: string,
  user: User,
): Promise<void> => {
  await commitByVersion(context, {
    changes: [endSession(session)],
    events: [authEvent(call, context, 'auth.refresh', user, 'denied')],
    raiseEpoch: true,
  })
  await context.services.main.revokeSession(context.tenant, session)
}
