// A break that was acknowledged is no finding any more; another one is.
import t from 'tap'
import type { AuditEvent } from '../../../../engine/worker/audit/event.js'
import { Bench, eventOf, writtenLog } from './fixture.js'

const acknowledged = (chain: string, sequence: number): AuditEvent => ({
  ...eventOf({ chain, sequence, reason: 'a restored backup' }),
  action: 'audit.acknowledge',
  target: { type: 'audit', id: chain },
})

/** A log whose last blocks were cut off, and that goes on in another chain. */
const cut = async (from: number): Promise<Bench> => {
  const bench = new Bench()
  await writtenLog(bench, 6)
  for (let seq = from; seq <= 6; seq++) bench.store.tamperAudit(bench.sink.chain(), seq, () => null)
  await writtenLog(bench, 1)
  return bench
}

const acknowledge = async (
  bench: Bench,
  sequence: number,
  more: Partial<AuditEvent> = {},
  chain = bench.sink.chain(),
): Promise<void> => {
  const log = bench.log()
  await log.append({ ...acknowledged(chain, sequence), ...more })
  await log.close()
}

t.test('a cut, and what the writer told of it', async (t) => {
  const bench = await cut(5)
  const { firstBad } = await bench.verify()
  t.match(firstBad, { chain: bench.sink.chain(), sequence: 5, reason: 'chain_cut' })
  await acknowledge(bench, 6)
  t.match(await bench.verify(), { firstBad: { sequence: 5 } }, 'another place')
  await acknowledge(bench, 5, { outcome: 'denied' })
  t.match(await bench.verify(), { firstBad: { sequence: 5 } }, 'by nobody who may')
  await acknowledge(bench, 5)
  t.match(await bench.verify(true), { ok: true, chains: 2 })
  bench.store.tamperAudit(bench.sink.chain(), 3, () => null)
  t.match(await bench.verify(), { firstBad: { sequence: 3 } }, 'another break needs another')
})

t.test('what the writer told, where what was altered is put back', async (t) => {
  const bench = new Bench()
  await writtenLog(bench, 4)
  const [, , , last] = await bench.blocks()
  bench.store.tamperAudit(bench.sink.chain(), 4, () => null)
  await writtenLog(bench, 1)
  await bench.store.append([last!], [])
  const { firstBad } = await bench.verify()
  t.match(firstBad, { chain: bench.sink.chain(1), sequence: 1, reason: 'chain_broken' })
  await acknowledge(bench, 1, {}, bench.sink.chain(1))
  t.match(await bench.verify(), { ok: true })
})

t.test('a block that does not open: the others are looked at all the same', async (t) => {
  const bench = new Bench()
  await writtenLog(bench, 6)
  const blind = (seq: number) =>
    bench.store.tamperAudit(bench.sink.chain(), seq, (block) => ({
      ...block,
      sealed: Buffer.alloc(0),
    }))
  blind(2)
  await acknowledge(bench, 2)
  t.match(await bench.verify(), { ok: true })
  blind(4)
  t.match(await bench.verify(), { firstBad: { sequence: 4, reason: 'block_unreadable' } })
})
