// GET msp/tenants/{tenantId}/health: asked as the counting role, which sees nothing of the tenant's.
import { confirm } from '../../access/confirm.js'
import { toUtc } from '../../../clock.js'
import { type Installation, installationOf } from '../../installation/installation.js'
import { type TenantRecord, countingTargetOf } from '../../control/tenant-record.js'
import { operation } from '../../request/operation.js'

export const getTenantHealthById = operation(
  'getTenantHealthById',
  { action: 'tenant.health', target: ({ path }) => ({ type: 'tenant', id: path.tenantId }) },
  async ({ context, path, epoch, event }) => {
    const installation = installationOf(context)
    const tenant = await installation.directory.get(path.tenantId)
    const [database, anchored] = await Promise.all([
      databaseHealth(installation, tenant),
      installation.chains.lastAnchorTime(tenant.id),
    ])
    await confirm(context, epoch, event())
    return {
      status: 200,
      body: {
        status: statusOf(tenant, database.reachable),
        tenantId: tenant.id,
        tenantStatus: tenant.status,
        checkedUtc: toUtc(installation.clock.now()),
        database,
        audit: { lastAnchorUtc: anchored === null ? null : toUtc(anchored) },
      },
    }
  },
)

const databaseHealth = async (installation: Installation, tenant: TenantRecord) => {
  const { administration, secrets } = installation
  try {
    const target = countingTargetOf(tenant, administration.server(), secrets.countsPassword)
    return { reachable: true, latencyMs: await administration.ping(target) }
  } catch {
    return { reachable: false }
  }
}

const statusOf = ({ status }: TenantRecord, reachable: boolean) => {
  if (!reachable) return 'unavailable' as const
  return status === 'active' ? ('ok' as const) : ('degraded' as const)
}
