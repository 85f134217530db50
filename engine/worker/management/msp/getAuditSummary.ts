// GET msp/tenants/{tenantId}/audit/summary: counts and timestamps, read as the role that may see one view.
import { confirm } from '../../access/confirm.js'
import { toUtc } from '../../../clock.js'
import { ApiError } from '../../../errors.js'
import { installationOf } from '../../installation/installation.js'
import { type TenantRecord, countingTargetOf } from '../../control/tenant-record.js'
import type { AuditCounts } from '../../store/postgres/administration.js'
import { operation } from '../../request/operation.js'
import { listed, unreadableHeader } from '../../request/readable.js'

const week = 7 * 86_400_000

/** Where provisioning has not come that far, nothing happened yet. */
const hasDatabase = ({ status }: TenantRecord): boolean =>
  status !== 'provisioning' && status !== 'failed'

const nothing: AuditCounts = { buckets: [], refused: 0 }

export const getAuditSummary = operation(
  'getAuditSummary',
  { action: 'audit.summary', target: ({ path }) => ({ type: 'tenant', id: path.tenantId }) },
  async ({ context, path, query, epoch, event }) => {
    const { directory, administration, secrets, clock } = installationOf(context)
    const to = query.to === undefined ? clock.now() + 1 : Date.parse(query.to)
    const from = query.from === undefined ? to - week : Date.parse(query.from)
    if (from > to)
      throw new ApiError('validation_failed', undefined, [
        { pointer: '/query/from', message: 'must not be after to' },
      ])
    const tenant = await directory.get(path.tenantId)
    const target = countingTargetOf(tenant, administration.server(), secrets.countsPassword)
    const { buckets, refused } = hasDatabase(tenant)
      ? await administration.auditCounts(target, from, to, query.bucket)
      : nothing
    await confirm(context, epoch, event(...listed('getAuditSummary', {}, refused)))
    return {
      status: 200,
      headers: unreadableHeader(refused),
      body: buckets.map(({ bucketStart, count, first, last }) => ({
        bucketStartUtc: toUtc(bucketStart),
        count,
        firstUtc: toUtc(first),
        lastUtc: toUtc(last),
      })),
    }
  },
)
