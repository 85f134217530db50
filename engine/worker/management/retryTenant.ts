// POST msp/tenants/{tenantId}/retry: a failed provisioning runs again, as an operation of its own.
import { commitDecided } from '../access/commit.js'
import { ApiError } from '../../errors.js'
import { newId } from '../../ids.js'
import { installationOf } from '../installation/installation.js'
import {
  type OperationRecord,
  insertOperation,
  newOperation,
  openOperation,
} from '../installation/operation-record.js'
import { startedAnswer } from '../installation/started-answer.js'
import { updateTenant } from '../installation/tenant-record.js'
import { operation } from '../operation.js'
import type { Row } from '../store/store.js'

export const retryTenant = operation(
  'retryTenant',
  { action: 'tenant.retry', target: ({ path }) => ({ type: 'tenant', id: path.tenantId }) },
  async (call) => {
    const { context, path, event } = call
    const installation = installationOf(context)
    const tenant = await installation.directory.get(path.tenantId)
    if (tenant.status !== 'failed') throw new ApiError('invalid_transition')
    const rows = await context.store.children('operation', tenant.id, { limit: 1_000 })
    const last = latest(rows.map((row: Row) => openOperation(context.keys, row)))
    if (!last) throw new ApiError('invalid_transition')
    const time = installation.clock.now()
    // The set-up that was promised first stays the one: a step of the failed run may have made it already.
    const started = newOperation(newId(), tenant.id, last.principal, last.result, time)
    await commitDecided(call, {
      changes: [
        updateTenant(context.keys, tenant, { status: 'provisioning' }, time).change,
        insertOperation(context.keys, started),
      ],
      event: event({ operation: started.id }),
      ifStale: new ApiError('invalid_transition'),
    })
    installation.provisioning.start(started)
    return startedAnswer(call, installation, tenant.id, started.id)
  },
)

const latest = (operations: readonly OperationRecord[]): OperationRecord | undefined =>
  [...operations].sort((a, b) => (a.id < b.id ? 1 : -1))[0]
