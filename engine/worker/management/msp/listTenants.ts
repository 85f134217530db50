// GET msp/tenants.
import { confirm } from '../../access/confirm.js'
import { tenantJson } from '../../identity/tenant-json.js'
import { installationOf } from '../../installation/installation.js'
import { directoryOf } from '../../control/tenant-record.js'
import { operation } from '../../request/operation.js'
import { pageHeaders } from '../../request/paging.js'
import { listed } from '../../request/readable.js'

export const listTenants = operation(
  'listTenants',
  { action: 'tenant.list' },
  async ({ context, query, epoch, event }) => {
    const { directory } = installationOf(context)
    const { tenants, unreadable, places, next } = await directory.list(query.status ?? null, query)
    await confirm(
      context,
      epoch,
      event(...listed('listTenants', { count: tenants.length }, unreadable)),
    )
    return {
      status: 200,
      headers: pageHeaders('/api/v1/msp/tenants', query, { places, unreadable, next }),
      body: tenants.map((tenant) => tenantJson(directoryOf(tenant))),
    }
  },
)
