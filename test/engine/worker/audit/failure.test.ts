import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { noState } from '../../../../engine/worker/store/store.js'
import { Bench, appendMany, eventOf, rowOf } from './fixture.js'

const otherState = { ...noState, accessEpoch: 99 }
const nothing = { changes: [], outbox: [], guard: () => null }

t.test('a failed append answers nobody and leaves the chain where it was', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  await appendMany(log, 3)
  bench.store.failNext('append', 'unavailable')
  const results = await Promise.allSettled([log.append(eventOf()), log.append(eventOf())])
  for (const result of results) {
    t.equal(result.status, 'rejected')
    t.match(result, { reason: { code: 'audit_unavailable' } })
  }
  t.match(bench.faults, [{ code: 'unavailable' }], 'the cause is for the log only')
  await appendMany(log, 2)
  await log.close()
  t.same(
    (await bench.events()).map(({ seq }) => seq),
    [1, 2, 3, 4, 5],
  )
  t.match(await bench.verify(), { ok: true, events: 5, chains: 1 })
})

t.test('a write whose answer was lost is found, and the chain goes on after it', async (t) => {
  for (const method of ['append', 'commit'] as const) {
    const bench = new Bench()
    const log = bench.log()
    await appendMany(log, 2)
    bench.store.failNext(method, 'unavailable', true)
    const write =
      method === 'append' ? log.append(eventOf()) : log.commit(nothing, [eventOf(), eventOf()])
    await t.rejects(write, { code: 'audit_unavailable' })
    const kept = (await bench.events()).length
    await appendMany(log, 2)
    await log.close()
    t.match(await bench.verify(), { ok: true, events: kept + 2, chains: 1 }, method)
  }
})

t.test('while the fate of a write cannot be found out, nothing is written', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  await appendMany(log, 2)
  bench.store.failNext('append', 'unavailable', true)
  await t.rejects(log.append(eventOf()), { code: 'audit_unavailable' })
  bench.store.failNext('auditChain', 'unavailable')
  const before = bench.store.calls.get('append')
  await t.rejects(log.append(eventOf()), { code: 'audit_unavailable' })
  t.equal(bench.store.calls.get('append'), before)
  await appendMany(log, 1)
  t.match(await bench.verify(), { ok: true, events: 4, chains: 1 })
})

t.test('a write that lands after it was looked for harms nothing', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  await appendMany(log, 2)
  const append = bench.store.append.bind(bench.store)
  let land = async (): Promise<unknown> => null
  bench.store.append = (rows, served) => {
    land = () => append(rows, served)
    bench.store.append = append
    return Promise.reject(new Error('socket closed'))
  }
  await t.rejects(log.append(eventOf()), { code: 'audit_unavailable' })
  bench.store.beforeNext('append', async () => void (await land()))
  await log.append(eventOf())
  await log.close()
  t.match(await bench.verify(), { ok: true, events: 4, chains: 2 })
})

t.test('commits pass on what the caller decides by, and nothing is kept', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const row = rowOf(newId(), 1, 'a')
  const insert = { op: 'insert', table: 'vault_entry', row, indexes: [] } as const
  const stale = {
    ...insert,
    op: 'update',
    expectedVersion: 5,
    row: { ...row, version: 6 },
  } as const
  await log.commit({ ...nothing, changes: [insert] }, [eventOf()])
  const commits = [
    [{ ...nothing, changes: [insert] }, 'conflict'],
    [{ ...nothing, changes: [stale] }, 'stale'],
    [{ ...nothing, guard: () => ({ expected: otherState, raised: null }) }, 'epoch'],
  ] as const
  for (const [commit, code] of commits)
    await t.rejects(log.commit(commit, [eventOf()]), { name: 'StoreError', code })
  t.equal(bench.faults.length, 0)
  bench.store.failNext('commit', 'unavailable')
  await t.rejects(log.commit(nothing, [eventOf()]), { code: 'audit_unavailable' })
  await appendMany(log, 1)
  t.match(await bench.verify(true), { ok: true, events: 2, chains: 1 })
})

t.test('without the sink no chain is begun, and nothing is written', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  bench.sink.fault = new Error('control database')
  await t.rejects(log.append(eventOf()), { code: 'audit_unavailable' })
  t.equal(bench.store.calls.get('append'), undefined)
  t.equal(bench.faults[0], bench.sink.fault)
  bench.sink.fault = null
  await log.append(eventOf())
  t.match(await bench.verify(), { ok: true, events: 1, chains: 1 })
})
