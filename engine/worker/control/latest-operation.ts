// The newest operation of a tenant: the one that goes on, or that ended last.
import type { Row } from '../store/store.js'
import type { TenantContext } from '../context/context.js'
import { type OperationRecord, openOperation } from './operation-record.js'
import type { TenantRecord } from './tenant-record.js'

export const latestOperation = async (
  { store, keys }: Pick<TenantContext, 'store' | 'keys'>,
  { id }: TenantRecord,
): Promise<OperationRecord | undefined> => {
  const rows = await store.children('operation', id, { limit: 1_000 })
  const newest = rows.reduce<Row | undefined>(
    (latest, row) => (latest === undefined || row.id > latest.id ? row : latest),
    undefined,
  )
  return newest && openOperation(keys, newest)
}
