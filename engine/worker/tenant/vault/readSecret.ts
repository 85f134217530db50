// GET vault/entries/{entryId}/secret: the hot path. Nothing leaves before its audit event is durable.
import { confirm } from '../../access/confirm.js'
import { type Call, operation } from '../../request/operation.js'
import { type Fields, etagOf, openFields } from '../../vault/entry.js'
import { type Visible, visibleEntry } from '../../vault/serve.js'
import { keptVersion, permittedVersion } from '../../vault/versions.js'

export const readSecret = operation(
  'readSecret',
  {
    action: 'vault.secret.read',
    target: ({ path }) => ({ type: 'vault-entry', id: path.entryId }),
  },
  async (call) => {
    const { context, principal, path, query, epoch, event } = call
    // Which version is the present one is asked of the row as it is now.
    if (query.version !== undefined) context.forgetEntry(path.entryId)
    const visible = await visibleEntry(context, principal, path.entryId, 'read')
    const version = query.version ?? visible.entry.version
    const fields = await fieldsOf(call, visible, version)
    await confirm(context, epoch, event({ version }), [visible.entry])
    return {
      status: 200,
      headers: { etag: etagOf(version) },
      body: { id: visible.entry.id, version, fields },
    }
  },
)

const fieldsOf = async (
  { context, principal }: Call<'readSecret'>,
  { row, entry }: Visible,
  version: number,
): Promise<Fields> => {
  if (version === entry.version) return openFields(context.keys, row)
  const kept = await keptVersion(context, entry.id, version)
  return (await permittedVersion(context, principal, kept, 'read')).fields
}
