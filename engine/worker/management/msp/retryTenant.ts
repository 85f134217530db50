// POST msp/tenants/{tenantId}/retry: a failed provisioning runs again, as an operation of its own.
import { commitDecided } from '../../access/commit.js'
import { ApiError } from '../../../errors.js'
import { installationOf } from '../../installation/installation.js'
import { retryOf } from '../lifecycle/reservation.js'
import { provisioningOf } from '../lifecycle/provisioning.js'
import { operation } from '../../request/operation.js'

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
    return provisioningOf(installation).answer(call, tenant.id, started)
  },
)
