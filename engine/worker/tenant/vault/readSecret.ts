// GET vault/entries/{entryId}/secret: the hot path. Nothing leaves before its audit event is durable.
import type { Uuid } from '../../../ids.js'
import { confirm } from '../../access/confirm.js'
import { type Call, operation } from '../../request/operation.js'
import { type Fields, etagOf, openFields } from '../../vault/entry.js'
import { visibleEntry } from '../../vault/serve.js'
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
    const fields =
      version === visible.entry.version
        ? openFields(context.keys, visible.row)
        : await keptFields(call, visible.entry.id, version)
    await confirm(context, epoch, event({ version }), [visible.entry])
    return {
      status: 200,
      headers: { etag: etagOf(version) },
      body: { id: visible.entry.id, version, fields },
    }
  },
)

const keptFields = async (
  { context, principal }: Call<'readSecret'>,
  entry: Uuid,
  version: number,
): Promise<Fields> => {
  const kept = await keptVersion(context, entry, version)
  return (await permittedVersion(context, principal, kept, 'read')).fields
}
