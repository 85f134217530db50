// GET tenant/health: whether the caller's own database answers, asked on the connection that requests use.
import { toUtc } from '../../../clock.js'
import { confirmAccess } from '../../access/confirm.js'
import { operation } from '../../request/operation.js'

export const getTenantHealth = operation(
  'getTenantHealth',
  { action: 'tenant.health' },
  async ({ context, epoch }) => {
    const { clock, broker } = context.services
    const since = clock.now()
    await confirmAccess(context, epoch)
    const latencyMs = clock.now() - since
    // The tenant is well without the provider's database: then nobody knows.
    const anchored = await broker.lastAnchorTime(context.tenant).catch(() => null)
    return {
      status: 200,
      body: {
        status: 'ok' as const,
        tenantId: context.tenant,
        tenantStatus: context.directory.status,
        checkedUtc: toUtc(clock.now()),
        database: { reachable: true, latencyMs },
        keys: { available: true },
        audit: { lastAnchorUtc: anchored === null ? null : toUtc(anchored) },
      },
    }
  },
)
