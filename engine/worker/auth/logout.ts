// POST auth/logout: ends the session of the token, here and on every node.
import { endSession } from '../identity/session.js'
import { operation } from '../operation.js'

export const logout = operation(
  'logout',
  { action: 'auth.logout' },
  async ({ context, principal, event }) => {
    const state = await context.audit.commit(
      {
        changes: [endSession(principal.session)],
        outbox: [],
        raiseEpoch: true,
        expectedEpoch: null,
      },
      [event({}, { type: 'session', id: principal.session })],
    )
    context.access.observe(state)
    await context.services.main.revokeSession(context.tenant, principal.session)
    return { status: 204 }
  },
)
