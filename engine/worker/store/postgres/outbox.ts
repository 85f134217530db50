// Messages for the control database: written with what caused them, taken away when they are delivered.
import type { Uuid } from '../../../ids.js'
import type { OutboxRow } from '../store.js'
import { bytes, integers, texts, uuids } from './parameters.js'
import type { Session, Statement } from './session.js'
import { inTransaction, type Step } from './transaction.js'

const columns = 'id, type, time, data'

export const outboxSteps = (rows: readonly OutboxRow[]): Step[] =>
  rows.length === 0
    ? []
    : [
        {
          text: `insert into outbox (${columns}) select ${columns}
            from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bytea[]) as given (${columns})
            where ${inTransaction}`,
          parameters: [
            uuids(rows.map(({ id }) => id)),
            texts(rows.map(({ type }) => type)),
            integers(rows.map(({ time }) => time)),
            bytes(rows.map(({ data }) => data)),
          ],
          unless: 'conflict',
        },
      ]

/** What is longer is no message of ours, and must not come into memory. */
const longest = { type: 40, data: 4_096 }

const pending = `select id, left(type, ${longest.type}), time,
    case when octet_length(data) <= ${longest.data} then data else ''::bytea end
  from outbox where $1::uuid is null or id > $1::uuid order by id limit $2::bigint`

export const readOutbox = async (
  session: Session,
  limit: number,
  after: Uuid | null,
): Promise<OutboxRow[]> => {
  const rows = await session.query({ text: pending, parameters: [after, limit] })
  return rows.map(([id, type, time, data]) => ({
    id: id as Uuid,
    type: type as string,
    time: Number(time),
    data: data as Buffer,
  }))
}

export const outboxDelivered = (ids: readonly Uuid[]): Statement => ({
  text: 'delete from outbox where id = any($1::uuid[])',
  parameters: [uuids(ids)],
})
