// GET msp/tenants.
import { confirm } from '../../access/confirm.js'
import { tenantJson } from '../../identity/tenant-json.js'
import { installationOf } from '../../installation/installation.js'
import { directoryOf } from '../../control/tenant-record.js'
import { operation } from '../../request/operation.js'
import { pageHeaders, pageOf } from '../../request/paging.js'

export const listTenants = operation(
  'listTenants',
  { action: 'tenant.list' },
  async ({ context, query, epoch, event }) => {
    const { directory } = installationOf(context)
    const { tenants, total } = await directory.list(query.status ?? null, pageOf(query))
    await confirm(context, epoch, event({ count: tenants.length }))
    return {
      status: 200,
      headers: pageHeaders('/api/v1/msp/tenants', query, total),
      body: tenants.map((tenant) => tenantJson(directoryOf(tenant))),
    }
  },
)
