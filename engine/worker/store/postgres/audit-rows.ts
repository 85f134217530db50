// Audit events as columns, both ways, and the statements that read them.
import type { Uuid } from '../../../ids.js'
import type { AuditPosition, AuditRow, ChainExtent } from '../store.js'
import { bytes, integers, uuids } from './parameters.js'
import { hourOf } from './schema.js'
import type { Cell, Parameter, Session, Statement } from './session.js'

const columns = `chain, seq, id, time, actor_type, actor, action, outcome, target_type, target,
  request_id, detail, mac`

/** From parameters $1…$13; `condition` is an SQL expression. */
export const insertAudit = (condition = 'true'): string => `
  insert into audit_event (${columns})
  select ${columns} from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bigint[], $5::smallint[],
    $6::uuid[], $7::integer[], $8::smallint[], $9::smallint[], $10::uuid[], $11::uuid[],
    $12::bytea[], $13::bytea[]) as given (${columns})
  where ${condition}`

export const auditParameters = (rows: readonly AuditRow[]): Parameter[] => [
  uuids(rows.map(({ chain }) => chain)),
  integers(rows.map(({ seq }) => seq)),
  uuids(rows.map(({ id }) => id)),
  integers(rows.map(({ time }) => time)),
  integers(rows.map(({ actorType }) => actorType)),
  uuids(rows.map(({ actor }) => actor)),
  integers(rows.map(({ action }) => action)),
  integers(rows.map(({ outcome }) => outcome)),
  integers(rows.map(({ targetType }) => targetType)),
  uuids(rows.map(({ target }) => target)),
  uuids(rows.map(({ requestId }) => requestId)),
  bytes(rows.map(({ detail }) => detail)),
  bytes(rows.map(({ mac }) => mac)),
]

const toAuditRow = (cells: Cell[]): AuditRow => {
  const [chain, seq, id, time, actorType, actor, action, outcome, targetType, ...rest] = cells
  const [target, requestId, detail, mac] = rest
  return {
    chain: chain as string,
    seq: Number(seq),
    id: id as string,
    time: Number(time),
    actorType: actorType as number,
    actor: actor as string,
    action: action as number,
    outcome: outcome as number,
    targetType: targetType as number,
    target: target as string,
    requestId: requestId as string,
    // Where somebody made them NULL they do not open, and match nothing.
    detail: (detail as Buffer | null) ?? Buffer.alloc(0),
    mac: (mac as Buffer | null) ?? Buffer.alloc(0),
  }
}

/** Before everything that a column can hold, also what no engine writes. */
const everything = { time: '9223372036854775807', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }

export const olderThan = (before: AuditPosition | null, limit: number): Statement => {
  const { time, id } = before ?? everything
  return {
    text: `select ${columns} from audit_event
      where (${hourOf('time')}, time, id) < (${hourOf('$1::bigint')}, $1::bigint, $2::uuid)
      order by ${hourOf('time')} desc, time desc, id desc limit $3::bigint`,
    parameters: [time, id, limit],
  }
}

export const ofChain = (chain: Uuid, fromSeq: number, limit: number): Statement => ({
  text: `select ${columns} from audit_event where chain = $1::uuid and seq >= $2::bigint
    order by seq limit $3::bigint`,
  parameters: [chain, Math.min(fromSeq, Number.MAX_SAFE_INTEGER), limit],
})

const withKeys = (rows: readonly AuditRow[]): Statement => ({
  text: `select ${columns} from audit_event
    where (chain, seq) in (select * from unnest($1::uuid[], $2::bigint[]))`,
  parameters: [uuids(rows.map(({ chain }) => chain)), integers(rows.map(({ seq }) => seq))],
})

const extents: Statement = {
  text: 'select chain, min(seq), max(seq), count(*) from audit_event group by chain',
  parameters: [],
}

export const readAudit = async (session: Session, statement: Statement): Promise<AuditRow[]> =>
  (await session.query(statement)).map(toAuditRow)

export const readExtents = async (session: Session): Promise<ChainExtent[]> =>
  (await session.query(extents)).map(([chain, first, last, count]) => ({
    chain: chain as string,
    firstSeq: Number(first),
    lastSeq: Number(last),
    count: Number(count),
  }))

const isSame = (a: AuditRow, b: AuditRow): boolean =>
  (Object.keys(a) as (keyof AuditRow)[]).every((name) => {
    const [left, right] = [a[name], b[name]]
    return Buffer.isBuffer(left) ? left.equals(right as Buffer) : left === right
  })

export interface Presence {
  /** Those that are not stored. */
  readonly missing: readonly AuditRow[]
  /** Whether another event stands where one of them belongs. */
  readonly isForeign: boolean
}

/** Which of the rows are stored, byte for byte. */
export const presenceOf = async (
  session: Session,
  rows: readonly AuditRow[],
): Promise<Presence> => {
  const stored = await readAudit(session, withKeys(rows))
  const byKey = new Map(stored.map((row) => [`${row.chain}/${row.seq}`, row]))
  const found = rows.map((row) => byKey.get(`${row.chain}/${row.seq}`))
  return {
    missing: rows.filter((_, i) => found[i] === undefined),
    isForeign: rows.some((row, i) => found[i] !== undefined && !isSame(row, found[i])),
  }
}
