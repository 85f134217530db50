// An operation as the API shows it (SPEC §7): its steps for everybody who may ask, the set-up token for who started it.
import { type Milliseconds, toUtc } from '../../clock.js'
import type { Uuid } from '../../ids.js'
import type { Schemas } from '../../task/contract.js'
import type { OperationRecord, Step } from './operation-record.js'
import { livingPromise } from './setup-promise.js'
import type { TenantRecord } from './tenant-record.js'

const utc = (time: Milliseconds | null): string | null => (time === null ? null : toUtc(time))

const errorJson = ({ error, detail }: Step) => {
  if (error === null) return {}
  return { error: detail ? { code: error, detail } : { code: error } }
}

const stepStatus = ({ startedTime, finishedTime, error }: Step) => {
  if (error !== null) return 'failed'
  if (finishedTime !== null) return 'succeeded'
  return startedTime === null ? 'pending' : 'running'
}

/** The token is shown to who asked, while it works. */
const resultJson = (
  operation: OperationRecord,
  tenant: TenantRecord | null,
  viewer: Uuid,
  now: Milliseconds,
): Pick<Schemas['Operation'], 'result'> => {
  const { status, principal, result } = operation
  if (status !== 'succeeded') return {}
  const shown = viewer === principal && tenant ? livingPromise(operation, tenant, now) : null
  const token = shown ? { setupToken: shown.token, setupExpiresUtc: toUtc(shown.expiresTime) } : {}
  return { result: { adminUsername: result.adminUsername, ...token } }
}

/** SPEC §7's operation, as `viewer` may see it. */
export const operationJson = (
  operation: OperationRecord,
  tenant: TenantRecord | null,
  viewer: Uuid,
  now: Milliseconds,
): Schemas['Operation'] => {
  const done = operation.steps.filter((step) => stepStatus(step) === 'succeeded').length
  return {
    id: operation.id,
    kind: operation.kind,
    tenantId: operation.tenant,
    status: operation.status,
    progress: done / operation.steps.length,
    createdUtc: toUtc(operation.createdTime),
    finishedUtc: utc(operation.finishedTime),
    steps: operation.steps.map((step) => ({
      name: step.name,
      status: stepStatus(step),
      startedUtc: utc(step.startedTime),
      finishedUtc: utc(step.finishedTime),
      ...errorJson(step),
    })),
    ...resultJson(operation, tenant, viewer, now),
  }
}
