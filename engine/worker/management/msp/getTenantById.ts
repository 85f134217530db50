// GET msp/tenants/{tenantId}.
import { confirm } from '../../access/confirm.js'
import { tenantJson } from '../../identity/tenant-json.js'
import { installationOf } from '../../installation/installation.js'
import { directoryOf } from '../../control/tenant-record.js'
import { operation } from '../../request/operation.js'

export const getTenantById = operation(
  'getTenantById',
  { action: 'tenant.read', target: ({ path }) => ({ type: 'tenant', id: path.tenantId }) },
  async ({ context, path, epoch, event }) => {
    const tenant = await installationOf(context).directory.get(path.tenantId)
    await confirm(context, epoch, event())
    return { status: 200, body: tenantJson(directoryOf(tenant)) }
  },
)
