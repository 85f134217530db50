// GET vault/entries/{entryId}/secret: the hot path. Nothing leaves before its audit event is durable.
import { confirm } from '../../access/confirm.js'
import { ApiError } from '../../../errors.js'
import type { TenantContext } from '../../context/context.js'
import { operation } from '../../request/operation.js'
import { type Fields, etagOf, openFields, openVersion } from '../../vault/entry.js'
import { type Visible, visibleEntry } from '../../vault/serve.js'

export const readSecret = operation(
  'readSecret',
  {
    action: 'vault.secret.read',
    target: ({ path }) => ({ type: 'vault-entry', id: path.entryId }),
  },
  async ({ context, principal, path, query, epoch, event }) => {
    const visible = await visibleEntry(context, principal, path.entryId, 'read')
    const version = query.version ?? visible.entry.version
    const fields = await fieldsOf(context, visible, version)
    await confirm(context, epoch, event({ version }), [visible.entry])
    return {
      status: 200,
      headers: { etag: etagOf(version) },
      body: { id: visible.entry.id, version, fields },
    }
  },
)

const fieldsOf = async (
  context: TenantContext,
  { row, entry }: Visible,
  version: number,
): Promise<Fields> => {
  if (version === entry.version) return openFields(context.keys, row)
  const [kept] = await context.store.children('vault_entry_version', entry.id, {
    version,
    limit: 1,
  })
  if (!kept) throw new ApiError('not_found')
  return openVersion(context.keys, entry.id, kept).fields
}
