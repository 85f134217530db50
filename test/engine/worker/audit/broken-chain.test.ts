import t from 'tap'
import { actions } from '../../../../engine/worker/audit/actions.js'
import { toJson } from '../../../../engine/worker/audit/event.js'
import { type AuditBlock, noState } from '../../../../engine/worker/store/store.js'
import { Bench, appendEach, eventOf, writtenLog } from './fixture.js'

const flipped = (block: AuditBlock): AuditBlock => ({ ...block, secretReads: 0 })

const cases: readonly [string, number, (row: AuditBlock) => AuditBlock | null, string][] = [
  ['the anchored event is gone', 4, () => null, 'event_missing'],
  [
    'the anchored event has another MAC',
    4,
    (block) => ({ ...block, mac: Buffer.alloc(32) }),
    'mac_mismatch',
  ],
  ['an event after the anchor was altered', 5, flipped, 'mac_mismatch'],
  ['an event after the anchor is gone', 5, () => null, 'event_missing'],
]

for (const [what, seq, change, reason] of cases)
  t.test(`${what}: a new chain begins, and says so first`, async (t) => {
    const bench = new Bench()
    await writtenLog(bench, 4)
    await appendEach(bench.log(), 2)
    const broken = bench.sink.chain()
    bench.sink.anchored.length = 1
    const [anchor] = bench.sink.anchored
    bench.store.tamperAudit(broken, seq, change)

    const log = bench.log()
    await Promise.all([log.append(eventOf({ after: true })), log.append(eventOf())])
    await log.close()
    const [, next] = bench.sink.registered
    t.equal(next?.previousChain, broken)
    t.same(next?.previousDigest, anchor?.digest)
    const [first, second] = (await bench.events(next?.chain)).map(toJson)
    t.match(first, {
      action: 'audit.chain_broken',
      actor: { type: 'system', id: null, name: null },
      target: { type: 'audit', id: broken },
      outcome: 'failure',
      requestId: null,
      clientAddress: null,
      detail: { chain: broken, sequence: seq, reason },
    })
    t.match(second, { action: 'vault.secret.read', detail: { after: true } })
    t.match(await bench.verify(), { ok: false, firstBad: { chain: broken, sequence: seq, reason } })
  })

t.test('the break stays in the log when what was altered is put back', async (t) => {
  const bench = new Bench()
  await writtenLog(bench, 4)
  let kept: AuditBlock | undefined
  bench.store.tamperAudit(bench.sink.chain(), 4, (block) => {
    kept = block
    return flipped(block)
  })
  bench.store.tamperAudit(bench.sink.chain(), 4, (block) => ({ ...block, mac: Buffer.alloc(32) }))
  await writtenLog(bench, 1)
  bench.store.tamperAudit(bench.sink.chain(), 4, (block) => kept ?? block)
  t.match(await bench.verify(), {
    ok: false,
    events: 6,
    firstBad: { chain: bench.sink.chain(1), sequence: 1, reason: 'chain_broken' },
  })
})

t.test('a writer that ends before it could tell of the break tells it the next time', async (t) => {
  const bench = new Bench()
  await writtenLog(bench, 4)
  bench.store.tamperAudit(bench.sink.chain(), 4, () => null)
  const log = bench.log()
  bench.store.failNext('append')
  await t.rejects(log.append(eventOf()), { code: 'audit_unavailable' })
  t.equal(bench.sink.registered.length, 2)
  await writtenLog(bench, 1)
  const [first] = await bench.events(bench.sink.registered.at(-1)?.chain)
  t.equal(first?.action, actions['audit.chain_broken'])
})

t.test('the break is told once: the chain that told it goes on', async (t) => {
  const bench = new Bench()
  await writtenLog(bench, 4)
  bench.store.tamperAudit(bench.sink.chain(), 4, () => null)
  const log = bench.log()
  for (let write = 0; write < 2; write++) await log.append(eventOf())
  await log.close()
  await writtenLog(bench, 1)
  t.equal(bench.sink.registered.length, 2)
  const events = await bench.events(bench.sink.chain(1))
  t.equal(events.length, 4)
  const told = events.filter(({ action }) => action === actions['audit.chain_broken'])
  t.same(
    told.map(({ seq }) => seq),
    [1],
  )
  const [first] = events.map(({ detail }) => detail)
  t.match(first, { sequence: 4, reason: 'chain_cut' })
})

t.test('an event left out by a commit that failed is in the next write', async (t) => {
  const bench = new Bench()
  await writtenLog(bench, 2)
  bench.store.tamperAudit(bench.sink.chain(), 2, () => null)
  const log = bench.log()
  const expected = { ...noState, accessEpoch: 99 }
  const commit = { changes: [], outbox: [], guard: () => ({ expected, raised: null }) }
  await t.rejects(log.commit(commit, [eventOf()]), { code: 'epoch' })
  await log.append(eventOf())
  const [first] = await bench.events(bench.sink.chain(1))
  t.equal(first?.action, actions['audit.chain_broken'])
})

t.test('a store or sink that cannot be reached breaks no chain', async (t) => {
  const bench = new Bench()
  await writtenLog(bench, 4)
  const log = bench.log()
  bench.store.failNext('auditChain')
  await t.rejects(log.append(eventOf()), { code: 'audit_unavailable' })
  bench.sink.fault = new Error('control database')
  await t.rejects(log.append(eventOf()), { code: 'audit_unavailable' })
  bench.sink.fault = null
  await log.append(eventOf())
  t.match(await bench.verify(), { ok: true, events: 5, chains: 1 })
})
