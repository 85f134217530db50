// The MSP's counts of a tenant's audit events. They are read as the counting role, which may nothing else: a view of a
// tenant's database must never be evaluated by a login that could lose something (FORMATS §7).
import type { Milliseconds } from '../../../clock.js'
import type { Session } from './session.js'

export type Bucket = 'hour' | 'day'

export interface AuditCount {
  /** UTC. */
  readonly bucketStart: Milliseconds
  readonly count: number
  readonly first: Milliseconds
  readonly last: Milliseconds
}

const hourMs: Milliseconds = 3_600_000
const widths: Readonly<Record<Bucket, Milliseconds>> = { hour: hourMs, day: 24 * hourMs }

// The view has a row an hour.
const text = `
  select (bucket_start / $3::bigint) * $3::bigint, sum(events)::bigint,
    min(first_time), max(last_time)
  from rppam.audit_count
  where bucket_start >= $1::bigint and bucket_start < $2::bigint
  group by 1 order by 1`

/** Events of the whole hours from the one of `from` to the one before that of `to`'s end. */
export const readAuditCounts = async (
  session: Session,
  from: Milliseconds,
  to: Milliseconds,
  bucket: Bucket,
): Promise<AuditCount[]> => {
  const first = Math.floor(from / hourMs) * hourMs
  const end = Math.ceil(to / hourMs) * hourMs
  const parameters = [String(first), String(end), String(widths[bucket])]
  const rows = await session.query({ text, parameters })
  return rows.map((row) => {
    const [bucketStart = 0, count = 0, firstTime = 0, lastTime = 0] = row.map(Number)
    return { bucketStart, count, first: firstTime, last: lastTime }
  })
}
