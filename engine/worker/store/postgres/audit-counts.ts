// The MSP's counts of a tenant's audit events. They are read as the counting role, which may nothing else: a view of a
// tenant's database must never be evaluated by a login that could lose something (FORMATS §7). Whoever has the database
// can make the view say anything: what no engine writes is refused, hour by hour, and counted.
import type { Milliseconds } from '../../../clock.js'
import { failure, faultOf } from './faults.js'
import type { Cell, Session } from './session.js'

export type Bucket = 'hour' | 'day'

export interface AuditCount {
  /** UTC. */
  readonly bucketStart: Milliseconds
  readonly count: number
  readonly first: Milliseconds
  readonly last: Milliseconds
}

export interface AuditCounts {
  readonly buckets: readonly AuditCount[]
  /** Hours whose numbers no engine writes. They are in no bucket. */
  readonly refused: number
}

export interface CountRange {
  readonly from: Milliseconds
  readonly to: Milliseconds
  readonly bucket: Bucket
  readonly now: Milliseconds
}

const hourMs: Milliseconds = 3_600_000
const widths: Readonly<Record<Bucket, Milliseconds>> = { hour: hourMs, day: 24 * hourMs }
/** Eleven years of hours; a view that says more is none of ours. */
const mostHours = 100_000

// The view has a row an hour. As text, and cut: its types are the view's to choose.
const cell = (name: string): string => `left(${name}::text, 20)`
const text = `
  select ${cell('bucket_start')}, ${cell('events')}, ${cell('first_time')}, ${cell('last_time')}
  from rppam.audit_count
  where bucket_start >= $1::bigint and bucket_start < $2::bigint
  limit ${mostHours + 1}`

/** Of the whole hours from the one of `from` to the one before that of `to`'s end. */
export const readAuditCounts = async (
  session: Session,
  range: CountRange,
): Promise<AuditCounts> => {
  const first = Math.floor(range.from / hourMs) * hourMs
  const end = Math.ceil(range.to / hourMs) * hourMs
  const rows = await session.query({ text, parameters: [String(first), String(end)] })
  if (rows.length > mostHours) throw failure('unavailable')
  const hours = new Map<Milliseconds, AuditCount>()
  for (const row of rows) {
    const hour = hourOf(row)
    const isAsked = hour.bucketStart >= first && hour.bucketStart < end
    if (isAsked && isWritten(hour, range.now)) hours.set(hour.bucketStart, hour)
  }
  const inOrder = [...hours.values()].sort((a, b) => a.bucketStart - b.bucketStart)
  return { buckets: inBuckets(inOrder, widths[range.bucket]), refused: rows.length - hours.size }
}

const whole = /^\d{1,16}$/

const hourOf = (row: readonly Cell[]): AuditCount => {
  const [bucketStart = NaN, count = NaN, first = NaN, last = NaN] = row.map((said) =>
    whole.test(String(said)) ? Number(said) : NaN,
  )
  return { bucketStart, count, first, last }
}

/** Clocks of nodes may differ, but by no hour. */
const isWritten = ({ bucketStart, count, first, last }: AuditCount, now: Milliseconds): boolean =>
  Number.isSafeInteger(count) &&
  count > 0 &&
  bucketStart % hourMs === 0 &&
  bucketStart <= now + hourMs &&
  bucketStart <= first &&
  first <= last &&
  last < bucketStart + hourMs

const inBuckets = (hours: readonly AuditCount[], width: Milliseconds): AuditCount[] => {
  const buckets: AuditCount[] = []
  for (const hour of hours) {
    const bucketStart = Math.floor(hour.bucketStart / width) * width
    const open = buckets.at(-1)
    if (open?.bucketStart !== bucketStart) buckets.push({ ...hour, bucketStart })
    else buckets[buckets.length - 1] = { ...open, count: open.count + hour.count, last: hour.last }
  }
  return buckets
}

/** Waits for whoever locks the audit table, and reads nothing of it. */
export const touchAudit = async (session: Session): Promise<void> => {
  try {
    await session.script('select from rppam.audit_count limit 0')
  } catch (error) {
    // The server says that it is not there, or not granted yet: it has answered.
    if (!faultOf(error).code.startsWith('42')) throw error
  }
}
