// Numbers that no engine writes are in no bucket of the MSP's counts: they are refused, hour by hour, and counted.
import { randomBytes, randomUUID } from 'node:crypto'
import t from 'tap'
import { logIn, provision, startAdministered } from './administered.js'

const hour = 3_600_000
const now = Math.floor(Date.now() / hour) * hour
const server = await startAdministered(t)
const { administration } = server
const acme = await provision(administration, 'acme')
const place = { ...administration.server(), database: acme.databaseName }
const inside = logIn(t, server.url, { database: acme.databaseName })

const insertEvent = (time: number | string) => inside`
  insert into rppam.audit_block (chain, first_seq, count, secret_reads, epoch, first_time,
    last_time, filter, content_hash, sealed, mac)
  values (${randomUUID()}, 1, 1, 0, 1, ${time}, ${time}, ${randomBytes(8)}, ${randomBytes(32)},
    ${randomBytes(64)}, ${randomBytes(32)})`

t.test('planted events', async (t) => {
  for (const time of [now, -5 * hour, now + 24 * hour, '9223372036854775807'])
    await insertEvent(time)
  const all = await administration.auditCounts(place, Date.UTC(1900), Date.UTC(9999), 'day')
  t.match(all, { buckets: [{ count: 1, first: now, last: now }], refused: 2 })
  t.equal(all.buckets.length, 1)
})

t.test('a view that says anything', async (t) => {
  const said = [
    [now - 2 * hour, '5', now - 2 * hour, now - 2 * hour],
    [now - 3 * hour, '-5', now - 3 * hour, now - 3 * hour],
    [now - 4 * hour, '0', now - 4 * hour, now - 4 * hour],
    [now - 5 * hour, "'NaN'", now - 5 * hour, now - 5 * hour],
    [now - 6 * hour, "'Infinity'", now - 6 * hour, now - 6 * hour],
    [now - 7 * hour, '1e300', now - 7 * hour, now - 7 * hour],
    [now - 8 * hour, 'null', now - 8 * hour, now - 8 * hour],
    [now - 9 * hour, '1', -1, now - 9 * hour],
    [now - 10 * hour, '1', now - 10 * hour, '9223372036854775807'],
    [now - 11 * hour + 1, '1', now - 11 * hour, now - 11 * hour],
  ]
  await inside.unsafe(`drop view rppam.audit_count; create view rppam.audit_count as
    select a::bigint as bucket_start, b::numeric as events, c::bigint as first_time,
      d::bigint as last_time from (values ${said.map((row) => `(${row.join(', ')})`).join(', ')})
      as said (a, b, c, d); grant select on rppam.audit_count to rppam_msp`)
  const first = now - 2 * hour
  t.strictSame(await administration.auditCounts(place, now - 20 * hour, now, 'hour'), {
    buckets: [{ bucketStart: first, count: 5, first, last: first }],
    refused: said.length - 1,
  })
})

t.test('a view without end', async (t) => {
  await inside.unsafe(`drop view rppam.audit_count; create view rppam.audit_count as
    select ${now}::bigint as bucket_start, 1 as events, ${now}::bigint as first_time,
      repeat('1', 100000) as last_time from generate_series(1, 1000000000);
    grant select on rppam.audit_count to rppam_msp`)
  await t.rejects(administration.auditCounts(place, now, now + hour, 'hour'), {
    code: 'unavailable',
  })
})
