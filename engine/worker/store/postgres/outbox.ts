// Messages for the control database: written with what caused them, taken away when they are delivered.
import type { Uuid } from '../../../ids.js'
import type { OutboxRow } from '../store.js'
import { integers, texts, uuids } from './parameters.js'
import type { Session, Statement } from './session.js'
import { inTransaction, type Step } from './transaction.js'

const columns = 'id, type, time, data'

export const outboxSteps = (rows: readonly OutboxRow[]): Step[] =>
  rows.length === 0
    ? []
    : [
        {
          text: `insert into outbox (${columns}) select ${columns}
            from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[]) as given (${columns})
            where ${inTransaction}`,
          parameters: [
            uuids(rows.map(({ id }) => id)),
            texts(rows.map(({ type }) => type)),
            integers(rows.map(({ time }) => time)),
            texts(rows.map(({ data }) => JSON.stringify(data))),
          ],
          unless: 'conflict',
        },
      ]

export const readOutbox = async (session: Session, limit: number): Promise<OutboxRow[]> => {
  const text = `select ${columns} from outbox order by time, id limit $1::bigint`
  const rows = await session.query({ text, parameters: [limit] })
  return rows.map(([id, type, time, data]) => ({
    id: id as string,
    time: Number(time),
    ...messageOf(type as string, data as string),
  }))
}

/** What is no message of ours has no type: nobody takes it in, and it holds up none behind it. */
const messageOf = (type: string, data: string): Pick<OutboxRow, 'type' | 'data'> => {
  try {
    return { type, data: JSON.parse(data) as OutboxRow['data'] }
  } catch {
    return { type: '', data: {} }
  }
}

export const outboxDelivered = (ids: readonly Uuid[]): Statement => ({
  text: 'delete from outbox where id = any($1::uuid[])',
  parameters: [uuids(ids)],
})
