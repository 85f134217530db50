import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { Bench, eventOf, rowOf } from './fixture.js'

const order = async (bench: Bench): Promise<unknown[]> =>
  (await bench.events()).map(({ detail }) => detail.n)

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

t.test('appends of one moment leave in few statements, in their order', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  await Promise.all(numbers(600).map((n) => log.append(eventOf({ n }))))
  t.equal(bench.store.calls.get('append'), 2)
  t.same(
    (await bench.blocks()).map(({ count }) => count),
    [512, 88],
  )
  t.same(await order(bench), numbers(600))
})

t.test('what comes while a write is in flight gathers and leaves together', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const later: Promise<unknown>[] = []
  bench.store.beforeNext('append', () => {
    for (const n of [1, 2, 3, 4]) later.push(log.append(eventOf({ n })))
  })
  await log.append(eventOf({ n: 0 }))
  await Promise.all(later)
  t.equal(bench.store.calls.get('append'), 2)
  t.same(await order(bench), numbers(5))
})

t.test('a lone append goes at once', async (t) => {
  const bench = new Bench()
  await bench.log().append(eventOf())
  t.equal((await bench.events()).length, 1)
})

t.test('each caller learns the versions of what it serves', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const [one, two, gone] = [newId(), newId(), newId()]
  const changes = [rowOf(one, 3, 'a'), rowOf(two, 7, 'b')].map((row) => ({
    op: 'insert' as const,
    table: 'vault_entry' as const,
    row,
    indexes: [],
  }))
  await bench.store.put(changes)
  let asked: readonly string[] = []
  const append = bench.store.append.bind(bench.store)
  bench.store.append = (rows, served) => {
    asked = served
    return append(rows, served)
  }
  const results = await Promise.all([
    log.append(eventOf(), [one, gone]),
    log.append(eventOf(), [one, two]),
  ])
  t.same([...asked].sort(), [one, two, gone].sort(), 'each asked for once')
  t.equal(results[0].versions.get(one), 3)
  t.notOk(results[0].versions.has(gone))
  t.equal(results[1].versions.get(two), 7)
})

t.test('appends and commits are written in the order in which they came', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const commit = { changes: [], outbox: [], guard: () => bench.access.present.raise() }
  const results = await Promise.all([
    log.append(eventOf({ n: 0 })),
    log.append(eventOf({ n: 1 })),
    log.commit(commit, [eventOf({ n: 2 }), eventOf({ n: 3 })]),
    log.append(eventOf({ n: 4 })),
    log.commit(commit, [eventOf({ n: 5 })]),
    log.append(eventOf({ n: 6 })),
  ])
  t.same(await order(bench), numbers(7))
  const first = results[0].accessEpoch
  t.same(
    results.map(({ accessEpoch }) => accessEpoch - first),
    [0, 0, 1, 1, 2, 2],
  )
  t.ok((await bench.verify()).ok)
})

t.test('more than may wait is refused, and what waits is written', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const waiting = numbers(10_000).map((n) => log.append(eventOf({ n })))
  await t.rejects(log.append(eventOf()), { code: 'overloaded' })
  await Promise.all(waiting)
  await log.append(eventOf())
  t.equal((await bench.events()).length, 10_001)
})

t.test('an event that cannot be recorded fails alone', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const bad = { ...eventOf(), target: { type: 'user' as const, id: 'nobody' } }
  const results = await Promise.allSettled([
    log.append(eventOf()),
    log.append(bad),
    log.append(eventOf({ big: 1n })),
    log.append(eventOf()),
  ])
  t.same(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
  )
  t.equal(bench.faults.length, 2)
  t.equal((await bench.events()).length, 2)
})

t.test('a closed log refuses', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const waiting = log.append(eventOf())
  await log.close()
  await waiting
  await t.rejects(log.append(eventOf()), { code: 'shutting_down' })
  t.equal((await bench.events()).length, 1)
})

t.test('an append that took longer than a second asks again how things are', async (t) => {
  const bench = new Bench()
  const timer = { time: 0, now: () => timer.time }
  const log = bench.log({ timer })
  const id = newId()
  const insert = {
    op: 'insert',
    table: 'vault_entry',
    row: rowOf(id, 1, 'a'),
    indexes: [],
  } as const
  await bench.store.put([insert])
  const append = bench.store.append.bind(bench.store)
  let delay = 0
  bench.store.append = async (blocks, served) => {
    const answer = await append(blocks, served)
    if (blocks.length === 0) return answer
    timer.time += delay
    const row = rowOf(id, delay, 'b')
    await bench.store.put([
      { ...insert, op: 'update', row, expectedVersion: answer.versions.get(id)! },
    ])
    return answer
  }
  const served = async (milliseconds: number) => {
    delay = milliseconds
    return (await log.append(eventOf(), [id])).versions.get(id)
  }
  t.equal(await served(1_000), 1, 'as it was when it was written')
  t.equal(await served(1_001), 1_001, 'as it is')
  const before = (await bench.events()).length
  t.equal(before, 2, 'the event is there once')
})
