// GET tenant: the caller's own, as the control database has it now, with the history of its set-up tokens.
import { confirmAccess } from '../../access/confirm.js'
import { operation } from '../../request/operation.js'
import { ownTenantJson } from '../../identity/tenant-json.js'

export const getTenant = operation(
  'getTenant',
  { action: 'tenant.read' },
  async ({ context, epoch }) => {
    const directory = await context.services.broker.directory(context.tenant)
    await confirmAccess(context, epoch)
    return { status: 200, body: ownTenantJson(directory) }
  },
)
