// GET msp/tenants.
import { confirm } from '../../access/confirm.js'
import { tenantJson } from '../../identity/tenant-json.js'
import { installationOf } from '../../installation/installation.js'
import { directoryOf } from '../../control/tenant-record.js'
import { operation } from '../../request/operation.js'
import { pageHeaders, pageOf } from '../../request/paging.js'
import { listed } from '../../request/readable.js'

export const listTenants = operation(
  'listTenants',
  { action: 'tenant.list' },
  async ({ context, query, epoch, event }) => {
    const { directory } = installationOf(context)
    const { tenants, unreadable, total } = await directory.list(query.status ?? null, pageOf(query))
    await confirm(
      context,
      epoch,
      event(...listed('listTenants', { count: tenants.length }, unreadable)),
    )
    return {
      status: 200,
      headers: pageHeaders('/api/v1/msp/tenants', query, total, unreadable),
      body: tenants.map((tenant) => tenantJson(directoryOf(tenant))),
    }
  },
)
