// The row that says whether the tenant is active and at which epoch its access is.
import type { TenantState, TenantStatusCode } from '../store.js'
import { DatabaseFault } from './faults.js'
import type { Cell, Session } from './session.js'

const text = 'select status, access_epoch from tenant_state'

/** Throws a DatabaseFault: a tenant without a state must not be served. */
export const toState = (cells: Cell[] | undefined): TenantState => {
  if (cells === undefined) throw new DatabaseFault('NO_STATE')
  const [status, epoch] = cells
  return { status: status as TenantStatusCode, accessEpoch: Number(epoch) }
}

export const readState = async (session: Session): Promise<TenantState> =>
  toState((await session.query({ text, parameters: [] }))[0])
