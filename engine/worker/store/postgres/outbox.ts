// Messages for the control database: written with what caused them, taken away when they are delivered.
import type { Milliseconds } from '../../../clock.js'
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
  return rows.map(([id, type, time, data]) =>
    messageOf(id as Uuid, type as string, Number(time), data as string),
  )
}

/** What is no message of ours has no type: nobody takes it in, and it holds up none behind it. */
const messageOf = (id: Uuid, type: string, time: Milliseconds, text: string): OutboxRow => {
  const data = objectIn(text)
  const isOurs = data !== null && time >= 0 && time < lastTime
  return isOurs ? { id, type, time, data } : { id, type: '', time: 0, data: {} }
}

/** Beyond it there is no date (ECMA-262 §21.4.1.1). */
const lastTime: Milliseconds = 8.64e15

const objectIn = (text: string): OutboxRow['data'] | null => {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as OutboxRow['data']) : null
  } catch {
    return null
  }
}

export const outboxDelivered = (ids: readonly Uuid[]): Statement => ({
  text: 'delete from outbox where id = any($1::uuid[])',
  parameters: [uuids(ids)],
})
