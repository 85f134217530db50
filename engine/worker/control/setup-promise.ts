// The set-up of a tenant's first administrator, promised when the tenant is reserved and made by a later step: who runs
// that step again makes the same one.
import type { Milliseconds } from '../../clock.js'
import { type TenantId, newId, nilUuid } from '../../ids.js'
import { formatToken, parseToken } from '../../task/opaque-token.js'
import type { AuditEvent, EventActor, EventTarget } from '../audit/event.js'
import { systemActor, systemEvent } from '../audit/system-event.js'
import { randomBytes } from '../cipher/random.js'
import type { TenantContext } from '../context/context.js'
import { issueClaim, issueFirstToken, setupLifetime } from '../identity/setup-token.js'
import type { Change } from '../store/store.js'
import type { OperationRecord, ProvisioningResult } from './operation-record.js'
import type { TenantRecord } from './tenant-record.js'

/** Of who provisions when nobody asked: the engine itself. */
export const noPrincipal = nilUuid

/** With a claim code of the customer's own no token is ever made. */
export const promiseOf = (
  tenant: TenantId,
  adminUsername: string,
  claim: string | null,
  time: Milliseconds,
): ProvisioningResult => {
  if (claim !== null) return { adminUsername, setup: null }
  const id = newId()
  const token = formatToken('rpst_', { tenant, id, secret: randomBytes(32) })
  return {
    adminUsername,
    setup: { id, token, issuedTime: time, expiresTime: time + setupLifetime },
  }
}

/** Its row in the tenant's own database. */
export const promisedChange = (
  { keys }: TenantContext,
  { admin, createdTime, setup }: TenantRecord,
  { result }: OperationRecord,
): Change => {
  const token = result.setup && parseToken('rpst_', result.setup.token)
  if (result.setup && token)
    return issueFirstToken(keys, token, admin.id, result.setup.issuedTime).change
  return issueClaim(keys, setup[0]?.id ?? newId(), admin.id, admin.claim ?? '', createdTime).change
}

/** Whoever asked for the provisioning. */
export const askerOf = (
  { principal }: OperationRecord,
  { setup }: Pick<TenantRecord, 'setup'>,
): EventActor =>
  principal === noPrincipal
    ? systemActor
    : { type: 'msp-admin', id: principal, name: setup[0]?.issuedBy ?? '' }

/** That a token was issued, where one was. */
export const promiseEvents = (
  operation: OperationRecord,
  tenant: TenantRecord,
  target: EventTarget,
  time: Milliseconds,
): AuditEvent[] =>
  operation.result.setup
    ? [
        {
          ...systemEvent('setup_token.issue', target, 'success', time, { operation: operation.id }),
          actor: askerOf(operation, tenant),
        },
      ]
    : []

/** The promised token while it works: until it is used, replaced or expired. */
export const livingPromise = (
  { result }: OperationRecord,
  { setup }: Pick<TenantRecord, 'setup'>,
  now: Milliseconds,
): NonNullable<ProvisioningResult['setup']> | null => {
  const promised = result.setup
  const last = setup.at(-1)
  const lives =
    promised !== null &&
    promised.expiresTime > now &&
    last?.id === promised.id &&
    last.usedTime === null
  return lives ? promised : null
}
