// What decides for the whole tenant, as one sealed document (FORMATS §6): purpose `credentials`, kind `tenant_state`,
// recordId = tenant, recordVersion = epoch. The plain epoch beside it only says which version to open.
import { IntegrityError } from '../cipher/record.js'
import type { Keyring } from '../keys/keyring.js'
import type { StoredState } from '../store/store.js'

/** Numbers are sealed: append only. What is not known here is not `active`. */
export const tenantStatus = { active: 0, suspended: 1, deprovisioning: 2 } as const
export type TenantStatusCode = (typeof tenantStatus)[keyof typeof tenantStatus]

export interface TenantState {
  readonly status: TenantStatusCode
  /** Raised in the transaction of every change of users, roles, permissions, grants and status. */
  readonly accessEpoch: number
  /** Tokens of another generation are dead (FORMATS §8). */
  readonly tokenGeneration: number
}

const field = 'tenant_state.sealed'

export const sealState = (
  keys: Keyring,
  { status, accessEpoch, tokenGeneration }: TenantState,
): Buffer => keys.seal(field, keys.tenant, accessEpoch, { status, accessEpoch, tokenGeneration })

/** Throws an IntegrityError for what was not sealed for this tenant and epoch. */
export const openState = (keys: Keyring, { accessEpoch, sealed }: StoredState): TenantState => {
  const state = keys.open(field, keys.tenant, accessEpoch, sealed) as TenantState
  if (state.accessEpoch !== accessEpoch) throw new IntegrityError()
  return state
}
