// GET vault/secret?path=/folder/name: the same as by id, for callers that know names.
import { confirm } from '../../access/confirm.js'
import { operation } from '../../request/operation.js'
import { etagOf, openFields } from '../../vault/entry.js'
import { findEntry, parsePath } from '../../vault/path.js'
import { loadPermissions } from '../../access/permissions.js'
import { permitted } from '../../vault/serve.js'

export const readSecretByPath = operation(
  'readSecretByPath',
  { action: 'vault.secret.read' },
  async ({ context, principal, query, epoch, event }) => {
    const permissions = await loadPermissions(context)
    const found = await findEntry(context, parsePath(query.path, '/query/path'))
    const { row, entry } = permitted(context, permissions, principal, found, 'read')
    const fields = openFields(context.keys, row)
    const target = { type: 'vault-entry' as const, id: entry.id }
    await confirm(context, epoch, event({ version: entry.version }, target), [entry])
    return {
      status: 200,
      headers: { etag: etagOf(entry.version) },
      body: { id: entry.id, version: entry.version, fields },
    }
  },
)
