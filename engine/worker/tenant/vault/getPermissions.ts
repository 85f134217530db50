// GET vault/permissions.
import { confirm } from '../../access/confirm.js'
import { operation } from '../../request/operation.js'
import { etagOf } from '../../vault/entry.js'
import { loadPermissions } from '../../access/permissions.js'

export const getPermissions = operation(
  'getPermissions',
  { action: 'vault.permissions.read' },
  async ({ context, epoch, event }) => {
    const { version, rules } = await loadPermissions(context)
    await confirm(context, epoch, event())
    return { status: 200, headers: { etag: etagOf(version) }, body: [...rules] as never }
  },
)
