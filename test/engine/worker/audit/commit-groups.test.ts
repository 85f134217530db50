// Commits that wait together leave together: one block of what held, and each caller is told what it would be told alone.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import type { AuditedCommit } from '../../../../engine/worker/audit/gather.js'
import type { Change, StateGuard } from '../../../../engine/worker/store/store.js'
import { Bench, eventOf, rowOf } from './fixture.js'

const insertOf = (name: string, id = newId()): Change => ({
  op: 'insert',
  table: 'vault_entry',
  row: rowOf(id, 1, name),
  indexes: [],
})
const updateOf = (id: string, version: number): Change => ({
  op: 'update',
  table: 'vault_entry',
  row: rowOf(id, version, 'next'),
  expectedVersion: version - 1,
  indexes: undefined,
})
const commitOf = (changes: readonly Change[], guard: StateGuard | null = null): AuditedCommit => ({
  changes,
  outbox: [],
  guard: () => guard,
})
const order = async (bench: Bench): Promise<unknown[]> =>
  (await bench.events()).map(({ detail }) => detail.n)
const codes = (results: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  results.map((result) =>
    result.status === 'fulfilled' ? null : (result.reason as { code: string }).code,
  )

t.test('changes and events of one moment are one transaction and one block', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const commits = Array.from({ length: 64 }, (_, n) =>
    log.commit(commitOf([insertOf(`${n}`)]), [eventOf({ n })]),
  )
  await Promise.all(commits)
  t.equal(bench.store.calls.get('commitGroup'), 1)
  t.equal(bench.store.calls.get('commit'), undefined)
  t.same(
    (await bench.blocks()).map(({ count }) => count),
    [64],
  )
  t.equal(await bench.store.count('vault_entry', null), 64)
  await log.close()
  t.match(await bench.verify(true), { ok: true, events: 64, chains: 1 })
})

t.test('one alone is one statement, as ever', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  await log.commit(commitOf([insertOf('a')]), [eventOf()])
  t.equal(bench.store.calls.get('commit'), 1)
  t.equal(bench.store.calls.get('commitGroup'), undefined)
})

t.test('who is refused is told so, and neither row nor event of his is there', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const taken = insertOf('taken')
  await log.commit(commitOf([taken]), [eventOf({ n: 0 })])
  const results = await Promise.allSettled([
    log.commit(commitOf([insertOf('a')]), [eventOf({ n: 1 })]),
    log.commit(commitOf([insertOf('b'), taken]), [eventOf({ n: 2 }), eventOf({ n: 3 })]),
    log.append(eventOf({ n: 4 })),
    log.commit(commitOf([insertOf('c'), updateOf(newId(), 2)]), [eventOf({ n: 5 })]),
    log.commit(commitOf([insertOf('d')]), [eventOf({ n: 6 })]),
  ])
  t.same(codes(results), [null, 'conflict', null, 'stale', null])
  t.same(await order(bench), [0, 1, 4, 6])
  t.equal(await bench.store.count('vault_entry', null), 3)
  await log.close()
  t.match(await bench.verify(true), { ok: true, events: 4, chains: 1 })
})

t.test('all refused: nothing is written, and the chain goes on', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const none = () => log.commit(commitOf([updateOf(newId(), 2)]), [eventOf()])
  t.same(codes(await Promise.allSettled([none(), none()])), ['stale', 'stale'])
  await log.append(eventOf({ n: 1 }))
  await log.close()
  t.same(await order(bench), [1])
  t.match(await bench.verify(true), { ok: true, events: 1, chains: 1 })
})

t.test(
  'two changes of one row: in their order, and the second finds what the first left',
  async (t) => {
    const bench = new Bench()
    const log = bench.log()
    const id = newId()
    const results = await Promise.allSettled([
      log.commit(commitOf([insertOf('a', id)]), [eventOf({ n: 0 })]),
      log.commit(commitOf([updateOf(id, 2)]), [eventOf({ n: 1 })]),
      log.commit(commitOf([updateOf(id, 2)]), [eventOf({ n: 2 })]),
      log.commit(commitOf([insertOf('b')]), [eventOf({ n: 3 })]),
      log.commit(commitOf([updateOf(id, 3)]), [eventOf({ n: 4 })]),
    ])
    t.same(codes(results), [null, null, 'stale', null, null])
    t.equal((await bench.store.read('vault_entry', [id]))[0]?.version, 3)
    await log.close()
    t.match(await bench.verify(true), { ok: true, events: 4, chains: 1 })
  },
)

t.test('decided on another state: epoch, and those of the present one are kept', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const old = bench.access.present.guard()
  await log.commit(commitOf([], bench.access.present.raise()), [eventOf({ n: 0 })])
  const now = bench.access.present.guard()
  const results = await Promise.allSettled([
    log.commit(commitOf([insertOf('a')], old), [eventOf({ n: 1 })]),
    log.commit(commitOf([insertOf('b')], now), [eventOf({ n: 2 })]),
    log.commit(commitOf([insertOf('c')]), [eventOf({ n: 3 })]),
    log.commit(commitOf([insertOf('d')], now), [eventOf({ n: 4 })]),
    log.commit(commitOf([insertOf('e')], old), [eventOf({ n: 5 })]),
  ])
  t.same(codes(results), ['epoch', null, null, null, 'epoch'])
  t.equal(await bench.store.count('vault_entry', null), 3)
  await log.close()
  t.match(await bench.verify(true), { ok: true, events: 4, chains: 1 })
})

t.test('a store that wants them apart gets them one by one', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  bench.store.commitGroup = () => Promise.resolve(null)
  const id = newId()
  const results = await Promise.allSettled([
    log.commit(commitOf([insertOf('a')]), [eventOf({ n: 0 })]),
    log.append(eventOf({ n: 1 }), [id]),
    log.commit(commitOf([updateOf(id, 2)]), [eventOf({ n: 2 })]),
    log.commit(commitOf([insertOf('b', id)]), [eventOf({ n: 3 })]),
    log.append(eventOf({ n: 4 }), [id]),
  ])
  t.same(codes(results), [null, null, 'stale', null, null])
  t.equal(bench.store.calls.get('commit'), 3)
  t.same((await order(bench)).sort(), [0, 1, 3, 4])
  await log.close()
  t.match(await bench.verify(true), { ok: true, events: 4, chains: 1 })
})

t.test('a group whose answer was lost is found, and the chain goes on after it', async (t) => {
  for (const isKept of [true, false]) {
    const bench = new Bench()
    const log = bench.log()
    await log.append(eventOf({ n: 0 }))
    bench.store.failNext('commitGroup', 'unavailable', isKept)
    const results = await Promise.allSettled([
      log.commit(commitOf([insertOf('a')]), [eventOf({ n: 1 })]),
      log.commit(commitOf([updateOf(newId(), 2)]), [eventOf({ n: 2 })]),
      log.append(eventOf({ n: 3 })),
    ])
    t.same(codes(results), Array(3).fill('audit_unavailable'))
    await log.append(eventOf({ n: 4 }))
    await log.close()
    t.same(await order(bench), isKept ? [0, 1, 3, 4] : [0, 4])
    t.match(await bench.verify(true), { ok: true, events: isKept ? 4 : 2, chains: 1 })
  }
})

t.test('another writer of the chain: the whole group goes to a chain of its own', async (t) => {
  const bench = new Bench()
  const [log, other] = [bench.log(), bench.log()]
  await log.append(eventOf({ n: 0 }))
  await other.append(eventOf({ n: 1 }))
  const results = await Promise.allSettled([
    log.commit(commitOf([insertOf('a')]), [eventOf({ n: 2 })]),
    log.commit(commitOf([insertOf('b')]), [eventOf({ n: 3 })]),
  ])
  t.same(codes(results), [null, null])
  t.equal(await bench.store.count('vault_entry', null), 2)
  await Promise.all([log.close(), other.close()])
  t.match(await bench.verify(true), { ok: true, events: 4, chains: 2 })
})

t.test('the epoch does not rise under those who wait behind it', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const raise = { ...commitOf([]), guard: () => bench.access.present.raise() }
  const results = await Promise.all([
    log.commit(commitOf([insertOf('a')]), [eventOf({ n: 0 })]),
    log.commit(commitOf([insertOf('b')]), [eventOf({ n: 1 })]),
    log.commit(raise, [eventOf({ n: 2 })]),
    log.commit(raise, [eventOf({ n: 3 })]),
    log.commit(commitOf([insertOf('c')]), [eventOf({ n: 4 })]),
    log.append(eventOf({ n: 5 })),
  ])
  const [first] = results
  t.same(
    results.map(({ accessEpoch }) => accessEpoch - first.accessEpoch),
    [0, 0, 1, 2, 2, 2],
  )
  t.same(await order(bench), [0, 1, 2, 3, 4, 5])
  t.same(
    (await bench.blocks()).map(({ count }) => count),
    [2, 1, 1, 2],
  )
})
