// What is written down before a tenant is provisioned: its names, its credentials, and the set-up that was promised for
// its first administrator.
import { ApiError } from '../../../errors.js'
import { type TenantId, type Uuid, newId } from '../../../ids.js'
import type { BodyOf } from '../../../task/contract.js'
import { randomBytes } from '../../cipher/random.js'
import { canonicalUsername } from '../../keys/canonical.js'
import { tenantNamesOf } from '../../store/postgres/administration.js'
import type { Change } from '../../store/store.js'
import type { Installation } from '../../installation/installation.js'
import { latestOperation } from '../../control/latest-operation.js'
import {
  type OperationRecord,
  type ProvisioningResult,
  insertOperation,
  newOperation,
} from '../../control/operation-record.js'
import { promiseOf } from '../../control/setup-promise.js'
import { requireFreeName } from '../../control/tenant-limits.js'
import {
  type TenantRecord,
  defaultServer,
  insertTenant,
  updateTenant,
} from '../../control/tenant-record.js'

/** Who asks: an id and a name of the management plane, or noPrincipal. */
export interface Asker {
  readonly id: Uuid
  readonly name: string
}

export interface Reservation {
  readonly tenant: TenantRecord
  readonly operation: OperationRecord
  readonly changes: readonly Change[]
}

/** Errors: `validation_failed`. Whether the licence has a place is the caller's to ask. */
export const reservationOf = (
  installation: Installation,
  body: BodyOf<'provisionTenant'>,
  asker: Asker,
): Reservation => {
  requireFreeName(body.shortCode)
  const { keys } = installation.context
  const time = installation.clock.now()
  const { tenant, result } = reserved(installation, body, asker.name, time)
  const operation = newOperation(newId(), tenant.id, asker.id, result, time)
  return {
    tenant,
    operation,
    changes: [insertTenant(keys, tenant), insertOperation(keys, operation)],
  }
}

/** A failed provisioning anew, as an operation of its own. Errors: `invalid_transition`. */
export const retryOf = async (
  installation: Installation,
  tenant: TenantRecord,
): Promise<Reservation> => {
  const { clock, context } = installation
  if (tenant.status !== 'failed') throw new ApiError('invalid_transition')
  const last = await latestOperation(installation.context, tenant)
  if (!last) throw new ApiError('invalid_transition')
  const time = clock.now()
  // The set-up that was promised first stays the one: a step of the failed run may have made it already.
  const operation = newOperation(newId(), tenant.id, last.principal, last.result, time)
  const next = updateTenant(context.keys, tenant, { status: 'provisioning' }, time)
  return {
    tenant: next.tenant,
    operation,
    changes: [next.change, insertOperation(context.keys, operation)],
  }
}

const reserved = (
  { license }: Installation,
  body: BodyOf<'provisionTenant'>,
  issuedBy: string,
  time: number,
): { tenant: TenantRecord; result: ProvisioningResult } => {
  const id = newId() as TenantId
  const email = body.adminEmail ?? body.contactEmail
  const username = usernameOf(body.adminUsername ?? email)
  const claim = body.adminClaim?.toLowerCase() ?? null
  const result = promiseOf(id, username, claim, time)
  const issued = {
    id: result.setup?.id ?? newId(),
    issuedTime: time,
    issuedBy,
    usedTime: null,
    reissued: false,
  }
  const tenant: TenantRecord = {
    id,
    version: 1,
    createdTime: time,
    updatedTime: time,
    shortCode: body.shortCode,
    status: 'provisioning',
    tokenGeneration: 1,
    displayName: body.displayName,
    contactEmail: body.contactEmail,
    maxUsers: body.maxUsers ?? license.maxUsers,
    maxResources: body.maxResources ?? license.maxResources,
    modules: body.modules ?? [],
    admin: {
      id: newId(),
      username,
      email,
      displayName: body.adminDisplayName ?? 'Tenant Admin',
      claim,
    },
    setup: [issued],
    credentials: {
      server: defaultServer,
      ...tenantNamesOf(body.shortCode),
      runtimePassword: randomBytes(24).toString('base64url'),
    },
  }
  return { tenant, result }
}

/** As the contract's Username. */
const usernameForm = /^[A-Za-z0-9._@+-]{1,100}$/

// Not every e-mail address can be one.
const usernameOf = (text: string): string => {
  if (usernameForm.test(text)) return canonicalUsername(text)
  const message = 'is required: the e-mail address of the administrator cannot be a username'
  throw new ApiError('validation_failed', undefined, [{ pointer: '/adminUsername', message }])
}
