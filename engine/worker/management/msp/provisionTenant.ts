// POST msp/tenants: reserves the short code, names and credentials of a tenant in one commit, then provisions it.
import { commitDecided } from '../../access/commit.js'
import { installationOf } from '../../installation/installation.js'
import { reservationOf } from '../lifecycle/reservation.js'
import { provisioningOf } from '../lifecycle/provisioning.js'
import { requireTenantPlace } from '../../control/tenant-limits.js'
import { operation } from '../../request/operation.js'

export const provisionTenant = operation(
  'provisionTenant',
  { action: 'tenant.provision' },
  async (call) => {
    const { context, principal, body, event } = call
    const installation = installationOf(context)
    const { tenant, operation: started, changes } = reservationOf(installation, body, principal)
    await installation.reservations.run(async () => {
      await requireTenantPlace(installation)
      const target = { type: 'tenant', id: tenant.id } as const
      await commitDecided(call, { changes, event: event({ operation: started.id }, target) })
    })
    return provisioningOf(installation).answer(call, tenant.id, started)
  },
)
