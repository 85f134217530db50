// POST msp/tenants: reserves the short code, names and credentials of a tenant in one commit, then provisions it.
import { commitDecided } from '../access/commit.js'
import { type TenantId, newId } from '../../ids.js'
import { ApiError } from '../../errors.js'
import { formatToken } from '../../task/opaque-token.js'
import type { BodyOf } from '../../task/contract.js'
import { randomBytes } from '../cipher/random.js'
import { setupLifetime } from '../identity/setup-token.js'
import { type Installation, installationOf } from '../installation/installation.js'
import {
  type ProvisioningResult,
  insertOperation,
  newOperation,
} from '../installation/operation-record.js'
import { startedAnswer } from '../installation/started-answer.js'
import { type TenantRecord, defaultServer, insertTenant } from '../installation/tenant-record.js'
import { requireFreeName, requireTenantPlace } from '../installation/tenant-limits.js'
import { operation } from '../operation.js'
import { tenantNamesOf } from '../store/postgres/administration.js'

export const provisionTenant = operation(
  'provisionTenant',
  { action: 'tenant.provision' },
  async (call) => {
    const { context, principal, body, event } = call
    const installation = installationOf(context)
    requireFreeName(body.shortCode)
    const time = installation.clock.now()
    const { tenant, result } = reserved(installation, body, principal.name, time)
    const started = newOperation(newId(), tenant.id, principal.id, result, time)
    await installation.reserve(async () => {
      await requireTenantPlace(installation)
      await commitDecided(call, {
        changes: [insertTenant(context.keys, tenant), insertOperation(context.keys, started)],
        event: event({ operation: started.id }, { type: 'tenant', id: tenant.id }),
      })
    })
    installation.provisioning.start(started)
    return startedAnswer(call, installation, tenant.id, started.id)
  },
)

const resultOf = (
  tenant: TenantId,
  email: string,
  claim: string | null,
  time: number,
): ProvisioningResult => {
  const id = newId()
  const token = formatToken('rpst_', { tenant, id, secret: randomBytes(32) })
  const setup = { id, token, issuedTime: time, expiresTime: time + setupLifetime }
  return { adminUsername: email.toLowerCase(), setup: claim === null ? setup : null }
}

const reserved = (
  { license }: Installation,
  body: BodyOf<'provisionTenant'>,
  issuedBy: string,
  time: number,
): { tenant: TenantRecord; result: ProvisioningResult } => {
  const id = newId() as TenantId
  const email = body.adminEmail ?? body.contactEmail
  const claim = body.adminClaim?.toLowerCase() ?? null
  const result = resultOf(
    id,
    requireUsername(email, body.adminEmail === undefined ? '/contactEmail' : '/adminEmail'),
    claim,
    time,
  )
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
    admin: { id: newId(), email, displayName: body.adminDisplayName ?? 'Tenant Admin', claim },
    setup: [issued],
    credentials: {
      server: defaultServer,
      ...tenantNamesOf(body.shortCode),
      runtimePassword: randomBytes(24).toString('base64url'),
    },
  }
  return { tenant, result }
}

// The first administrator's username is the e-mail address: it must be one that a username can be.
const requireUsername = (email: string, pointer: string): string => {
  if (!/^[A-Za-z0-9._@+-]+$/.test(email))
    throw new ApiError('validation_failed', undefined, [
      { pointer, message: 'must match ^[A-Za-z0-9._@+-]+$ to be a username' },
    ])
  return email
}
