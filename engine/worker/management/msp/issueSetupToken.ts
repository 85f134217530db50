// POST msp/tenants/{tenantId}/setup-token: a new one for the first administrator, only while nobody has claimed the
// tenant; the one before it is dead at once. On record in both planes.
import { toUtc } from '../../../clock.js'
import { ApiError } from '../../../errors.js'
import { commitDecided } from '../../access/commit.js'
import { installationOf } from '../../installation/installation.js'
import { reissueSetup } from '../lifecycle/setup-reissue.js'
import { operation } from '../../request/operation.js'

export const issueSetupToken = operation(
  'issueSetupToken',
  { action: 'setup_token.issue', target: ({ path }) => ({ type: 'tenant', id: path.tenantId }) },
  async (call) => {
    const { context, principal, path, event } = call
    const installation = installationOf(context)
    const tenant = await installation.directory.get(path.tenantId)
    if (tenant.status !== 'active') throw new ApiError('invalid_transition')
    const ifStale = new ApiError('conflict')
    const issued = await reissueSetup(installation, {
      tenant,
      issuedBy: principal.name,
      event: event(),
      record: (change) => commitDecided(call, { changes: [change], event: event(), ifStale }),
    })
    return {
      status: 201,
      body: {
        adminUsername: tenant.admin.username,
        setupToken: issued.token,
        setupExpiresUtc: toUtc(issued.expiresTime),
      },
    }
  },
)
