// Requests straight into a worker's pipeline, with the handlers it really has and a tenant in memory.
import { newId } from '../../../../engine/ids.js'
import type { AccessClaims, Item } from '../../../../engine/task/item.js'
import { handlersForTests } from '../thread/handlers-fixture.js'
import {
  type Answer,
  Pipeline,
  type PipelineOptions,
} from '../../../../engine/worker/request/pipeline.js'
import type { TestTenant } from '../../../support/tenant-context.js'

export interface Asking {
  readonly path?: Record<string, string>
  readonly query?: Item['query']
  readonly headers?: Item['headers']
  /** A value, or text as it is. */
  readonly body?: unknown
  readonly fault?: Item['fault']
}

export interface Answered extends Answer {
  /** Parsed; what a test looks into differs. */
  readonly json: Readonly<Record<string, never>>
}

export const bytesOf = (body: unknown): Uint8Array | null => {
  if (body === undefined) return null
  return Uint8Array.from(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
}

export const itemOf = (
  operation: string,
  claims: AccessClaims | null,
  tenant: Item['tenant'],
  { path = {}, query = {}, headers = {}, body, fault = null }: Asking = {},
): Item => ({
  n: 1,
  operation,
  claims,
  tenant,
  path,
  query,
  headers,
  body: bytesOf(body),
  fault,
  requestId: newId(),
  clientAddress: '192.0.2.7',
})

export const pipelineOf = (tenant: TestTenant, more: Partial<PipelineOptions> = {}): Pipeline =>
  new Pipeline({
    services: tenant.services,
    handlers: handlersForTests,
    withTenant: (_item, _park, use) => use(tenant.context),
    requireLicense: () => undefined,
    ...more,
  })

const answered = (answer: Answer): Answered => ({
  ...answer,
  json: JSON.parse(answer.body ?? 'null'),
})

export const ask = async (
  pipeline: Pipeline,
  item: Item,
  releaseBatchSlot: () => void = () => undefined,
): Promise<Answered> => {
  const answer = await pipeline.answer(item, releaseBatchSlot, () =>
    Promise.reject(new Error('nobody expects a stream')),
  )
  return answered(answer!)
}

/** Calls of one tenant: signed in, or not yet. */
export const callsOf = (tenant: TestTenant, more: Partial<PipelineOptions> = {}) => {
  const pipeline = pipelineOf(tenant, more)
  return {
    signedIn: (claims: AccessClaims, operation: string, asking?: Asking): Promise<Answered> =>
      ask(pipeline, itemOf(operation, claims, tenant.tenant, asking)),
    open: (operation: string, body: unknown): Promise<Answered> =>
      ask(pipeline, itemOf(operation, null, tenant.tenant, { body })),
  }
}
