import t from 'tap'
import { newId, type Uuid } from '../../../../engine/ids.js'
import type { AuditLog } from '../../../../engine/worker/audit/appender.js'
import { rowDigest } from '../../../../engine/worker/audit/recorded-rows.js'
import type { Change, IndexEntry, Row, Table } from '../../../../engine/worker/store/store.js'
import { Bench, eventOf, rowOf } from '../audit/fixture.js'

const commitOf = (changes: readonly Change[]) => ({
  changes,
  outbox: [],
  guard: () => null,
})

const nameEntry: IndexEntry = {
  index: 'username',
  indexVersion: 1,
  value: Buffer.alloc(16, 7),
  unique: true,
}

const insert = (table: Table, row: Row, indexes: readonly IndexEntry[] = []): Change => ({
  op: 'insert',
  table,
  row,
  indexes,
})
const update = (table: Table, row: Row): Change => ({
  op: 'update',
  table,
  row,
  indexes: [],
  expectedVersion: row.version - 1,
})

/** A row of version 2; answers what it was at version 1. */
const written = async (log: AuditLog, table: Table, id: Uuid): Promise<Row> => {
  const first = rowOf(id, 1, 'first')
  await log.commit(commitOf([insert(table, first)]), [eventOf()])
  await log.commit(commitOf([update(table, rowOf(id, 2, 'second'))]), [eventOf(), eventOf()])
  return first
}

t.test('the digest is of all columns', async (t) => {
  const row = rowOf(newId(), 1, 'a')
  t.match(rowDigest(row), /^[0-9a-f]{32}$/)
  const changes: Partial<Row>[] = [
    { secret: null },
    { doc: Buffer.from('other') },
    { parent: newId() },
    { version: 2 },
    { state: 1 },
    { createdTime: 1 },
    { updatedTime: 1 },
    { expiresTime: 1 },
    { doc: Buffer.concat([row.doc, row.secret!]), secret: Buffer.alloc(0) },
  ]
  const digests = [row, ...changes.map((change) => ({ ...row, ...change }))].map(rowDigest)
  t.equal(new Set(digests).size, digests.length)
})

t.test('a write event names the rows that it wrote, of the watched tables only', async (t) => {
  const bench = new Bench()
  const row = rowOf(newId(), 1, 'a')
  const setting = rowOf(newId(), 1, 's')
  await bench
    .log()
    .commit(commitOf([insert('setting', setting), insert('user_account', row, [nameEntry])]), [
      eventOf({ note: 'kept' }),
      eventOf(),
    ])
  const [first, second] = (await bench.events()).map(({ detail }) => detail)
  t.same(first, {
    note: 'kept',
    written: [
      {
        table: 'user_account',
        id: row.id,
        version: 1,
        digest: rowDigest(row),
        indexes: [`username/1/${'07'.repeat(16)}`],
      },
    ],
  })
  t.same(second, {})
})

const watched = [
  'vault_entry',
  'vault_entry_version',
  'user_account',
  'permission_set',
  'session',
  'setup_token',
] as const

for (const table of watched) {
  const tampered = async (change: (row: Row, before: Row) => Row | null) => {
    const bench = new Bench()
    const log = bench.log()
    const id = newId()
    const before = await written(log, table, id)
    await written(log, table, newId())
    bench.store.tamper(table, id, (row) => change(row, before))
    await log.close()
    return { shallow: await bench.verify(), deep: await bench.verify(true), bench }
  }

  t.test(`${table}: untouched rows are right`, async (t) => {
    const { deep } = await tampered((row) => row)
    t.match(deep, { ok: true, events: 6 })
  })

  t.test(`${table}: a row rolled back to what it was is found`, async (t) => {
    const { shallow, deep, bench } = await tampered((_, before) => before)
    t.ok(shallow.ok, 'the log itself is whole')
    const id = (await bench.events())[1]?.id
    t.match(deep, { ok: false, firstBad: { sequence: 2, id, reason: 'row_changed' } })
  })

  t.test(`${table}: older bytes under the present version are found`, async (t) => {
    const { deep } = await tampered((row, before) => ({ ...before, version: row.version }))
    t.match(deep, { ok: false, firstBad: { sequence: 2, reason: 'row_changed' } })
  })

  t.test(`${table}: a removed row is found`, async (t) => {
    const { deep } = await tampered(() => null)
    t.match(deep, { ok: false, firstBad: { sequence: 2, reason: 'row_changed' } })
  })

  t.test(`${table}: a version that no event tells of is found`, async (t) => {
    const { deep } = await tampered((row) => ({ ...row, version: 7 }))
    t.match(deep, { ok: false, firstBad: { sequence: 2, reason: 'row_changed' } })
  })
}

t.test('a row that is written while it is compared is right', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const id = newId()
  await written(log, 'vault_entry', id)
  bench.store.beforeNext('read', async () => {
    await log.commit(commitOf([update('vault_entry', rowOf(id, 3, 'third'))]), [eventOf()])
  })
  t.match(await bench.verify(true), { ok: true, events: 4 })
})

t.test('the newest event counts, whichever node wrote it', async (t) => {
  const bench = new Bench()
  const [one, two] = [bench.log(), bench.log({ writer: 'node-b' })]
  const id = newId()
  await two.commit(commitOf([insert('vault_entry', rowOf(id, 1, 'a'))]), [eventOf()])
  await one.commit(commitOf([update('vault_entry', rowOf(id, 2, 'b'))]), [eventOf()])
  await two.commit(commitOf([update('vault_entry', rowOf(id, 3, 'c'))]), [eventOf()])
  await one.commit(commitOf([update('vault_entry', rowOf(id, 4, 'd'))]), [eventOf()])
  t.match(await bench.verify(true), { ok: true, events: 4, chains: 2 })
})

t.test('rolled back and written anew: the same version twice', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const id = newId()
  const first = await written(log, 'vault_entry', id)
  t.match(await bench.verify(true), { ok: true })
  await bench.store.put([{ ...update('vault_entry', first), expectedVersion: 2 } as Change])
  await log.commit(commitOf([update('vault_entry', rowOf(id, 2, 'other'))]), [eventOf()])
  await log.commit(commitOf([update('vault_entry', rowOf(id, 3, 'third'))]), [eventOf()])
  t.match(await bench.verify(true), { ok: false, firstBad: { reason: 'row_changed' } })
})

for (const table of ['session', 'setup_token', 'vault_entry_version'] as const)
  t.test(`${table}: what ended and was put back`, async (t) => {
    const bench = new Bench()
    const log = bench.log()
    const row = rowOf(newId(), 1, 'a')
    await log.commit(commitOf([insert(table, row)]), [eventOf()])
    await log.commit(commitOf([{ op: 'delete', table, id: row.id }]), [eventOf({ note: 'kept' })])
    const events = (await bench.events()).map(({ detail }) => detail)
    t.same(events.at(-1), { note: 'kept', ended: [{ table, id: row.id }] })
    t.match(await bench.verify(true), { ok: true })
    await bench.store.put([insert(table, row)])
    t.match(await bench.verify(true), { ok: false, firstBad: { reason: 'row_changed' } })
    t.match(await bench.verify(false), { ok: true })
  })

t.test('a row that is not found by its index any more', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const row = rowOf(newId(), 1, 'a')
  await log.commit(commitOf([insert('user_account', row, [nameEntry])]), [eventOf()])
  // The write that left the entries as they were says nothing of them.
  const second = rowOf(row.id, 2, 'b')
  const kept = { ...update('user_account', second), indexes: undefined } as Change
  await log.commit(commitOf([kept]), [eventOf()])
  t.match(await bench.verify(true), { ok: true })
  const moved = { ...update('user_account', second), expectedVersion: 2 } as Change
  await bench.store.put([moved])
  t.match(await bench.verify(true), { ok: false, firstBad: { reason: 'row_changed' } })
})

t.test('a session that ended by itself was cleared away without an event', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const row = rowOf(newId(), 1, 'a')
  await log.commit(commitOf([insert('session', row)]), [eventOf()])
  await bench.store.put([{ op: 'delete', table: 'session', id: row.id }])
  t.match(await bench.verify(true), { ok: false, firstBad: { reason: 'row_changed' } })
  await log.append({ ...eventOf(), time: eventOf().time + 12 * 3_600_000 })
  t.match(await bench.verify(true), { ok: true })
})

t.test('a session that was put back and refreshed anew', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const id = newId()
  const first = await written(log, 'session', id)
  await bench.store.put([{ ...update('session', first), expectedVersion: 2 } as Change])
  await log.commit(commitOf([update('session', rowOf(id, 2, 'other'))]), [eventOf()])
  t.match(await bench.verify(true), { ok: false, firstBad: { reason: 'row_changed' } })
})
