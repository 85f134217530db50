// A tenant's messages for the control database (SPEC §10): sealed in the transaction of what caused them, opened by
// whoever delivers them. A row that does not open, or says what no engine writes, was planted or altered: it is never
// delivered, holds up none behind it, is put on record, and is gone then, so that it is on record once.
import type { TenantId, Uuid } from '../../ids.js'
import type { BrokerMethods } from '../../task/broker.js'
import { type OutboxEvent, isOutboxEvent } from '../../task/outbox-event.js'
import type { Remote } from '../../task/rpc.js'
import type { AuditLog } from '../audit/appender.js'
import { systemEvent } from '../audit/system-event.js'
import { IntegrityError } from '../cipher/record.js'
import type { Keyring } from '../keys/keyring.js'
import type { OutboxRow, Store } from '../store/store.js'
import type { Services } from './services.js'

/** A row is written once. */
const recordVersion = 1

export const sealEvent = (keys: Keyring, { id, type, time, data }: OutboxEvent): OutboxRow => ({
  id,
  type,
  time,
  data: keys.seal('outbox.data', id, recordVersion, { type, time, data }),
})

/** Null for what is no message of this tenant's engine. */
export const openEvent = (keys: Keyring, row: OutboxRow): OutboxEvent | null => {
  try {
    const { type, time, data } = keys.open(
      'outbox.data',
      row.id,
      recordVersion,
      row.data,
    ) as Readonly<Record<string, unknown>>
    const event = { id: row.id, type, time, data }
    return isOutboxEvent(event) && type === row.type && time === row.time ? event : null
  } catch (error) {
    if (error instanceof IntegrityError) return null
    throw error
  }
}

export interface OutboxParts {
  readonly tenant: TenantId
  readonly store: Pick<Store, 'outboxPending' | 'outboxDone'>
  readonly keys: Keyring
  readonly audit: Pick<AuditLog, 'append'>
  readonly services: Pick<Services, 'clock'> & {
    readonly broker: Pick<Remote<BrokerMethods>, 'takeOutbox'>
  }
}

const rowsAtOnce = 200
/** Of one drain: planted ones may be many, and others want their turn. */
const pagesAtOnce = 50
const idsShown = 20

/** Whether there is more than one drain takes. Delivered at least once, taken in once by its id. */
export const drainOutbox = async (parts: OutboxParts): Promise<boolean> => {
  const planted: Uuid[] = []
  let rows: OutboxRow[] = []
  for (let page = 0; page === 0 || (rows.length === rowsAtOnce && page < pagesAtOnce); page++) {
    rows = await parts.store.outboxPending(rowsAtOnce, rows.at(-1)?.id ?? null)
    planted.push(...(await deliver(parts, rows)))
  }
  if (planted.length > 0) await refuse(parts, planted)
  return rows.length === rowsAtOnce
}

/** Answers the ids of those that are nobody's. */
const deliver = async (
  { tenant, store, keys, services }: OutboxParts,
  rows: readonly OutboxRow[],
): Promise<Uuid[]> => {
  const events = rows.flatMap((row) => openEvent(keys, row) ?? [])
  if (events.length > 0) {
    await services.broker.takeOutbox(tenant, events)
    await store.outboxDone(events.map(({ id }) => id))
  }
  const known = new Set(events.map(({ id }) => id))
  return rows.flatMap(({ id }) => (known.has(id) ? [] : [id]))
}

const refuse = async (
  { tenant, store, audit, services }: OutboxParts,
  ids: readonly Uuid[],
): Promise<void> => {
  const detail = {
    code: 'integrity_failure',
    table: 'outbox',
    rows: ids.length,
    ids: ids.slice(0, idsShown),
  }
  const target = { type: 'tenant', id: tenant } as const
  await audit.append(systemEvent('request', target, 'failure', services.clock.now(), detail))
  await store.outboxDone(ids)
}
