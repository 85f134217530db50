// Promise: an export tells every event of its range once, oldest first, and what it cannot tell shows.
import t from 'tap'
import { latestTime } from '../../../../engine/clock.js'
import { toJson } from '../../../../engine/worker/audit/event.js'
import { exportEvents } from '../../../../engine/worker/audit/export.js'
import { appendMany, Bench, eventOf } from './fixture.js'

const start = 1_700_000_000_000
const everything = { from: 0, to: latestTime }

const lines = async (bench: Bench, range = everything, confirm = async () => {}) => {
  const { store, keys } = bench
  const parts = { store, keys, confirm, giveWay: () => Promise.resolve() }
  let text = ''
  for await (const piece of exportEvents(parts, range)) text += piece
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no end')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Ten blocks of two writers in turn, three events each, a minute apart. */
const written = async (): Promise<Bench> => {
  const bench = new Bench()
  const logs = [bench.log({ writer: 'node-a' }), bench.log({ writer: 'node-b' })]
  for (let n = 0; n < 40; n++) {
    const at = { ...eventOf({ n, text: 'ä'.repeat(n * 40) }), time: start + n * 60_000 }
    await Promise.all([0, 1, 2].map(() => logs[n % 2]!.append(at)))
  }
  return bench
}

t.test('all of it, as it is listed', async (t) => {
  const bench = await written()
  const told = await lines(bench)
  const stored = [
    ...(await bench.events(bench.sink.chain(0))),
    ...(await bench.events(bench.sink.chain(1))),
  ]
  const byTime = stored.sort((a, b) => a.time - b.time || a.seq - b.seq)
  t.equal(told.length, 120)
  t.strictSame(
    told,
    byTime.map((event) => JSON.parse(JSON.stringify(toJson(event)))),
  )
})

t.test('of a range, both ends included', async (t) => {
  const bench = await written()
  const told = await lines(bench, { from: start + 3 * 60_000, to: start + 7 * 60_000 })
  t.strictSame(
    [...new Set(told.map(({ time }) => Date.parse(String(time)) - start))],
    [3, 4, 5, 6, 7].map((n) => n * 60_000),
  )
  t.equal(told.length, 15)
  t.strictSame(await lines(bench, { from: start + 1, to: start + 2 }), [])
})

t.test('an empty log', async (t) => t.strictSame(await lines(new Bench()), []))

t.test('a block that does not open is told in its place', async (t) => {
  const bench = await written()
  const chain = bench.sink.chain()
  bench.store.tamperAudit(chain, 4, (block) => ({ ...block, sealed: Buffer.alloc(600) }))
  const told = await lines(bench)
  t.equal(told.length, 118)
  const time = new Date(start + 2 * 60_000).toISOString()
  t.strictSame(told[6], { unreadable: { chain, sequence: 4, count: 3, time } })
})

t.test('what must not leave any more is not read any more', async (t) => {
  const bench = new Bench()
  for (let n = 0; n < 40; n++) await appendMany(bench.log({ writer: `node-${n}` }), 1)
  let pages = 0
  const confirm = async (): Promise<void> => {
    if (++pages > 2) throw new Error('suspended')
  }
  await t.rejects(lines(bench, everything, confirm), { message: 'suspended' })
  t.equal(bench.store.calls.get('auditForward'), 2)
})

t.test('no more is read than somebody asks for', async (t) => {
  const bench = await written()
  const { store, keys } = bench
  const parts = { store, keys, confirm: async () => {}, giveWay: () => Promise.resolve() }
  const pieces = exportEvents(parts, everything)
  t.equal(store.calls.get('auditForward') ?? 0, 0)
  await pieces.next()
  t.equal(store.calls.get('auditForward'), 1)
  await pieces.return()
  t.equal(store.calls.get('auditForward'), 1)
})

t.test('blocks that no engine writes: before time, and where no number can lead on', async (t) => {
  const bench = await written()
  const chain = bench.sink.chain()
  const [block] = await bench.blocks()
  await bench.store.append([{ ...block!, firstSeq: 9_000, firstTime: -5, lastTime: -5 }], [])
  t.equal((await lines(bench)).length, 120)
  await bench.store.append([{ ...block!, chain, firstSeq: 2 ** 60 }], [])
  await t.rejects(lines(bench), { name: 'Error' }, 'it is not whole, and says so')
})
