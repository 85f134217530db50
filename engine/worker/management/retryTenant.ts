// POST msp/tenants/{tenantId}/retry: a failed provisioning runs again, as an operation of its own.
import { commitDecided } from '../access/commit.js'
import { ApiError } from '../../errors.js'
import { installationOf } from '../installation/installation.js'
import { retryOf } from '../installation/reservation.js'
import { startedAnswer } from '../installation/started-answer.js'
import { operation } from '../operation.js'

export const retryTenant = operation(
  'retryTenant',
  { action: 'tenant.retry', target: ({ path }) => ({ type: 'tenant', id: path.tenantId }) },
  async (call) => {
    const installation = installationOf(call.context)
    const tenant = await installation.directory.get(call.path.tenantId)
    const { operation: started, changes } = await retryOf(installation, tenant)
    await commitDecided(call, {
      changes,
      event: call.event({ operation: started.id }),
      ifStale: new ApiError('invalid_transition'),
    })
    installation.provisioning.start(started)
    return startedAnswer(call, installation, tenant.id, started.id)
  },
)
