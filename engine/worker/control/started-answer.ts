// The answer to whoever started an operation on a tenant: at once, or after waiting as `Prefer: wait=N` asks (RFC 7240).
import { tenantJson } from '../identity/tenant-json.js'
import type { Milliseconds } from '../../clock.js'
import type { TenantId, Uuid } from '../../ids.js'
import type { Schemas } from '../../task/contract.js'
import type { Call } from '../request/operation.js'
import type { TenantDirectory } from './directory.js'
import { directoryOf } from './tenant-record.js'

/** Seconds asked for, or null. Anything that is no such preference is ignored, as RFC 7240 §2 says. */
export const waitOf = (prefer: string | undefined, longest: number): number | null => {
  const found = /(?:^|,)\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:$|[,;])/i.exec(prefer ?? '')
  return found ? Math.min(Number(found[1]), longest) : null
}

export interface StartedAnswer {
  readonly status: 201 | 202
  readonly headers: Readonly<Record<string, string>>
  readonly body: Schemas['StartedTenant']
}

export interface Starting {
  readonly directory: Pick<TenantDirectory, 'get'>
  /** Whether the operation has ended in time. */
  wait(operation: Uuid, milliseconds: Milliseconds): Promise<boolean>
}

export const startedAnswer = async (
  { context, headers, releaseBatchSlot }: Pick<Call, 'context' | 'headers' | 'releaseBatchSlot'>,
  { directory, wait }: Starting,
  tenant: TenantId,
  operation: Uuid,
): Promise<StartedAnswer> => {
  releaseBatchSlot()
  const seconds = waitOf(headers.prefer, context.services.limits.waitSeconds)
  const ended = seconds !== null && (await wait(operation, seconds * 1_000))
  const now = await directory.get(tenant)
  return {
    status: ended && now.status === 'active' ? 201 : 202,
    headers: {
      location: `/api/v1/msp/operations/${operation}`,
      ...(seconds === null ? {} : { 'preference-applied': `wait=${seconds}` }),
    },
    body: { ...tenantJson(directoryOf(now)), operationId: operation },
  }
}
