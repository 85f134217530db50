// GET msp/operations/{operationId}: progress; the set-up token only for who asked, until it is used.
import { confirm } from '../../access/confirm.js'
import { ApiError } from '../../../errors.js'
import { installationOf } from '../../installation/installation.js'
import { operationJson } from '../../control/operation-json.js'
import { openOperation } from '../../control/operation-record.js'
import { operation } from '../../request/operation.js'

export const getOperation = operation(
  'getOperation',
  { action: 'operation.read', target: ({ path }) => ({ type: 'operation', id: path.operationId }) },
  async ({ context, principal, path, epoch, event }) => {
    const { directory, clock } = installationOf(context)
    const row = await context.load('operation', path.operationId)
    if (!row) throw new ApiError('not_found')
    const found = openOperation(context.keys, row)
    const tenant = await directory.find(found.tenant)
    await confirm(context, epoch, event())
    return {
      status: 200,
      headers: found.status === 'running' ? { 'retry-after': '1' } : {},
      body: operationJson(found, tenant, principal.id, clock.now()),
    }
  },
)
