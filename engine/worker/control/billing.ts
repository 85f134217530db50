// Billing events in the control database: append-only, each once by its id, told apart by their type. No names, no
// contents.
import type { Milliseconds } from '../../clock.js'
import type { TenantId, Uuid } from '../../ids.js'
import type { OutboxEvent } from '../../task/outbox-event.js'
import type { Change } from '../store/store.js'

/** The `state` column of a billing event. Append only. */
export const billingTypes = {
  'tenant.provisioned': 1,
  'tenant.suspended': 2,
  'tenant.reinstated': 3,
  'tenant.deprovisioned': 4,
  'user.created': 5,
  'user.deleted': 6,
  'resource.created': 7,
  'resource.deleted': 8,
  'module.enabled': 9,
  'module.disabled': 10,
  'usage.snapshot': 11,
} as const
export type BillingType = keyof typeof billingTypes

export const isBillingType = (type: string): type is BillingType =>
  Object.hasOwn(billingTypes, type)

export interface BillingEvent {
  readonly id: Uuid
  readonly type: BillingType
  readonly time: Milliseconds
  readonly data: OutboxEvent['data'] | Readonly<Record<string, never>>
}

export const billingChange = (
  tenant: TenantId,
  { id, type, time, data }: BillingEvent,
): Change => ({
  op: 'ensure',
  table: 'billing_event',
  row: {
    id,
    parent: tenant,
    version: 1,
    state: billingTypes[type],
    createdTime: time,
    updatedTime: time,
    expiresTime: null,
    doc: Buffer.from(JSON.stringify({ type, time, data })),
    secret: null,
  },
})
