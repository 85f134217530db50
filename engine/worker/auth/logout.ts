// POST auth/logout: ends the session of the token, here and on every node.
import { commitByVersion } from '../access/commit.js'
import { endSession } from '../identity/session.js'
import { operation } from '../request/operation.js'

export const logout = operation(
  'logout',
  { action: 'auth.logout' },
  async ({ context, principal, event }) => {
    await commitByVersion(context, {
      changes: [endSession(principal.session)],
      events: [event({}, { type: 'session', id: principal.session })],
      raiseEpoch: true,
    })
    await context.services.main.revokeSession(context.tenant, principal.session)
    return { status: 204 }
  },
)
