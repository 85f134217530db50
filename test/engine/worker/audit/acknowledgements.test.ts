// A break that was acknowledged is no finding any more; another one is.
import t from 'tap'
import type { AuditEvent } from '../../../../engine/worker/audit/event.js'
import { findings } from '../../../../engine/worker/audit/verify.js'
import { appendEach, Bench, eventOf, writtenLog } from './fixture.js'

const acknowledged = (chain: string, sequence: number, found: string): AuditEvent => ({
  ...eventOf({ chain, sequence, found, reason: 'a restored backup' }),
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
  found: string,
  more: Partial<AuditEvent> = {},
  chain = bench.sink.chain(),
): Promise<void> => {
  const log = bench.log()
  await log.append({ ...acknowledged(chain, sequence, found), ...more })
  await log.close()
}

t.test('a cut, and what the writer told of it', async (t) => {
  const bench = await cut(5)
  const { firstBad } = await bench.verify()
  t.match(firstBad, { chain: bench.sink.chain(), sequence: 5, reason: 'chain_cut' })
  await acknowledge(bench, 6, 'chain_cut')
  t.match(await bench.verify(), { firstBad: { sequence: 5 } }, 'another place')
  await acknowledge(bench, 5, 'chain_cut', { outcome: 'denied' })
  t.match(await bench.verify(), { firstBad: { sequence: 5 } }, 'by nobody who may')
  await acknowledge(bench, 5, 'mac_mismatch')
  t.match(await bench.verify(), { firstBad: { sequence: 5 } }, 'of another kind')
  await acknowledge(bench, 5, 'chain_cut')
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
  await acknowledge(bench, 1, 'chain_broken', {}, bench.sink.chain(1))
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
  await acknowledge(bench, 2, 'block_unreadable')
  t.match(await bench.verify(), { ok: true })
  blind(4)
  t.match(await bench.verify(), { firstBad: { sequence: 4, reason: 'block_unreadable' } })
})

t.test('what a writer told after the acknowledgement is another break', async (t) => {
  const bench = await cut(5)
  await acknowledge(bench, 5, 'chain_cut')
  t.match(await bench.verify(), { ok: true })
  const [told] = await bench.events(bench.sink.chain(1))
  const log = bench.log()
  const { chain, sequence, reason } = told!.detail as Record<string, string>
  await log.append({
    ...eventOf({ chain, sequence, reason }),
    action: 'audit.chain_broken',
    time: eventOf().time + 1,
  })
  await log.close()
  t.match(await bench.verify(), { ok: false, firstBad: { reason: 'chain_broken' } })
})

t.test('the digest before the break is named, whatever is wrong', async (t) => {
  for (const change of [
    { mac: Buffer.alloc(32) },
    { secretReads: 0 },
    { sealed: Buffer.alloc(0) },
  ]) {
    const bench = new Bench()
    await writtenLog(bench, 3)
    const at = async (seq: number) => {
      const { findings: all } = await findings(bench.store, bench.keys, bench.sink, {
        tenant: bench.keys.tenant,
      })
      return all.find(({ fault }) => fault.sequence === seq)?.lastGood
    }
    bench.store.tamperAudit(bench.sink.chain(), 3, () => null)
    const before = await at(3)
    t.match(before, /^[0-9a-f]{64}$/)
    const [last] = await bench.blocks()
    t.ok(last)
    bench.store.tamperAudit(bench.sink.chain(), 2, (block) => ({ ...block, ...change }))
    const good = await at(2)
    t.match(good, /^[0-9a-f]{64}$/)
    t.not(good, before)
    bench.store.tamperAudit(bench.sink.chain(), 2, () => null)
    t.equal(await at(2), good, 'as where it is missing')
  }
})

t.test('a break behind which the running writer goes on', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  await appendEach(log, 4)
  const chain = bench.sink.chain()
  bench.store.tamperAudit(chain, 2, (block) => ({ ...block, secretReads: 0 }))
  t.match(await bench.verify(), { firstBad: { chain, sequence: 2, reason: 'mac_mismatch' } })
  await log.append(acknowledged(chain, 2, 'mac_mismatch'))
  t.match(await bench.verify(), { ok: false }, 'behind the break nothing can be told')
  log.closeChain()
  await log.append(acknowledged(chain, 2, 'mac_mismatch'))
  await appendEach(log, 2)
  await log.close()
  const [, next] = bench.sink.registered
  t.match(next, { previousChain: chain })
  t.match(await bench.verify(true), { ok: true, chains: 2 })
  t.equal((await bench.events(next!.chain)).length, 3)
  bench.store.tamperAudit(next!.chain, 2, () => null)
  t.match(await bench.verify(), { ok: false, firstBad: { chain: next!.chain, sequence: 2 } })
})

t.test('a chain that is closed while nothing is wrong is linked to its successor', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  await appendEach(log, 3)
  log.closeChain()
  bench.sink.fault = new Error('control database')
  await t.rejects(log.append(eventOf()), { code: 'audit_unavailable' })
  bench.sink.fault = null
  await appendEach(log, 1)
  await log.close()
  t.match(await bench.verify(), { ok: true, events: 4, chains: 2, unanchored: 0 })
  bench.sink.anchored = []
  bench.store.tamperAudit(bench.sink.chain(), 3, () => null)
  t.match(await bench.verify(), { firstBad: { sequence: 2, reason: 'link_mismatch' } })
})
