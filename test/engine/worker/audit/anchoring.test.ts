import t from 'tap'
import { sha256 } from '../../../../engine/worker/audit/sha256.js'
import { Bench, appendMany, eventOf } from './fixture.js'

t.test('anchors are no more events apart than they may', async (t) => {
  const bench = new Bench()
  const log = bench.log({ anchorEvery: 100 })
  await appendMany(log, 450)
  t.same(bench.sink.seqs(), [100, 200, 300, 400])
  await log.close()
  t.same(bench.sink.seqs(), [100, 200, 300, 400, 450])
  t.match(await bench.verify(), { ok: true, unanchored: 0 })
})

t.test('a tick anchors what is new, and nothing when nothing is', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  await log.tick()
  t.same(bench.sink.seqs(), [])
  await appendMany(log, 3)
  await log.tick()
  await log.tick()
  t.same(bench.sink.seqs(), [3])
  await appendMany(log, 1)
  await log.tick()
  t.same(bench.sink.seqs(), [3, 4])
})

t.test('with a longer interval a tick waits for it', async (t) => {
  const bench = new Bench()
  const log = bench.log({ anchorIntervalMs: 5_000 })
  await log.append(eventOf())
  bench.clock.time += 3_999
  await log.tick()
  t.same(bench.sink.seqs(), [])
  bench.clock.time += 1
  await log.tick()
  t.same(bench.sink.seqs(), [1], 'before it would be overdue')
})

t.test('a write finds an anchor overdue without a tick', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  await log.append(eventOf())
  bench.clock.time += 1_000
  await log.append(eventOf())
  t.same(bench.sink.seqs(), [2])
})

t.test('an anchor that failed is reported, delays nobody, and is tried again', async (t) => {
  const bench = new Bench()
  const log = bench.log({ anchorEvery: 10 })
  await appendMany(log, 1)
  bench.sink.fault = new Error('control database')
  await appendMany(log, 29)
  t.equal((await bench.events()).length, 30)
  t.same(bench.faults, [bench.sink.fault], 'not once for every write')
  await log.tick()
  t.equal(bench.faults.length, 2)
  bench.sink.fault = null
  await log.tick()
  t.same(bench.sink.seqs(), [10, 20, 30])
  t.match(await bench.verify(), { ok: true })
})

t.test('a log that wrote nothing closes without a trace', async (t) => {
  const bench = new Bench()
  await bench.log().close()
  t.same(bench.sink.registered, [])
})

t.test('an anchor that the sink never took does not keep the log from closing', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  await log.append(eventOf())
  bench.sink.fault = new Error('control database')
  await log.close()
  t.equal(bench.faults.length, 1)
})

t.test('an anchor says at which epoch and state the access was', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  await log.commit({ changes: [], outbox: [], guard: () => bench.access.present.raise() }, [
    eventOf(),
  ])
  const { accessEpoch, sealed } = bench.access.stored
  t.equal(accessEpoch, 1)
  t.match(bench.sink.anchored, [{ seq: 1, epoch: 1, state: sha256(sealed) }], 'and at once')
})

t.test("another node's raise is anchored as soon as it is seen", async (t) => {
  const bench = new Bench()
  const log = bench.log()
  const raised = bench.access.present.raise().raised!
  await log.append(eventOf())
  t.same(bench.sink.seqs(), [])
  bench.store.setState({ accessEpoch: 1, sealed: raised })
  await log.append(eventOf())
  t.match(bench.sink.anchored, [{ seq: 2, epoch: 1 }])
})
