// POST auth/login. Unknown tenant, suspended tenant, unknown user, disabled and wrong password are one answer after
// the same work, one argon2id verification; the front sees to the common floor of time (FORMATS §8).
import { ApiError } from '../../errors.js'
import type { TenantContext } from '../context/context.js'
import type { Services } from '../context/services.js'
import { canonicalUsername } from '../keys/canonical.js'
import { type User, findUserByName } from '../identity/user.js'
import { verifyPassword } from '../identity/password.js'
import { publicOperation } from '../request/operation.js'
import { type AuthRequest, type SignInAnswer, recordRefusal, signIn } from '../access/sign-in.js'

export const login = publicOperation('login', async (call) => {
  call.releaseBatchSlot()
  const { context, body } = call
  const user = context ? await activeUser(context, body.username) : null
  const verifier = user?.access.verifier ?? null
  const matches = await verifyPassword(call.services, call, verifier, body.password)
  if (context && user && matches) return { status: 200, body: await signInAs(call, context, user) }
  if (context) await recordRefusal(call, context, 'auth.login_failed', user)
  throw new ApiError('invalid_credentials')
})

const signInAs = async (
  call: AuthRequest & { readonly services: Pick<Services, 'signedIn'> },
  context: TenantContext,
  user: User,
): Promise<SignInAnswer> => {
  const answer = await signIn(call, context, user)
  if (context.isInstallation) call.services.signedIn(user.profile.username)
  return answer
}

const activeUser = async (context: TenantContext, text: string): Promise<User | null> => {
  const username = wellFormed(text)
  if (username === null || !context.isActive) return null
  const user = await findUserByName(context, username)
  return user?.access.status === 'active' ? user : null
}

const wellFormed = (text: string): string | null => {
  try {
    return canonicalUsername(text)
  } catch {
    return null
  }
}
