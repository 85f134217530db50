import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import type { AuditBlock, Store } from '../../../../engine/worker/store/store.js'
import { verifyAudit } from '../../../../engine/worker/audit/verify.js'
import { freshTenant, open } from '../keys/fixture.js'
import { Bench, appendEach, appendMany, eventOf, rowOf, writtenLog } from './fixture.js'

/** Two writers' chains of 8 and 3 blocks of one event. */
const severalChains = async (bench: Bench): Promise<void> => {
  await writtenLog(bench, 8)
  await writtenLog(bench, 3, { writer: 'node-b' })
}

t.test('an untouched log of several chains', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  await appendMany(bench.log(), 2)
  t.same(await bench.verify(true), { ok: true, events: 13, chains: 2, unanchored: 2 })
})

t.test('a log that nothing was ever written to', async (t) => {
  t.same(await new Bench().verify(), { ok: true, events: 0, chains: 0, unanchored: 0 })
})

t.test('a chain that was registered and never written', async (t) => {
  const bench = new Bench()
  bench.store.failNext('append')
  await t.rejects(bench.log().append(eventOf()))
  t.same(await bench.verify(), { ok: true, events: 0, chains: 1, unanchored: 0 })
})

t.test('more events and anchors than a page has', async (t) => {
  const bench = new Bench()
  const log = bench.log({ anchorEvery: 1 })
  await appendMany(log, 2_100)
  await log.close()
  t.equal(bench.sink.anchored.length, 2_100)
  t.same(await bench.verify(), { ok: true, events: 2_100, chains: 1, unanchored: 0 })
  const anchor = bench.sink.anchored[349]
  if (anchor) anchor.digest[5] = (anchor.digest[5] ?? 0) ^ 1
  t.match(await bench.verify(), { firstBad: { sequence: 350, reason: 'anchor_mismatch' } })
})

// Every column: one bit or value each.
const flips: readonly [string, (block: AuditBlock) => AuditBlock, string][] = [
  ['count', (block) => ({ ...block, count: 2 }), 'mac_mismatch'],
  ['count, none', (block) => ({ ...block, count: 0 }), 'event_malformed'],
  ['secret reads', (block) => ({ ...block, secretReads: 0 }), 'mac_mismatch'],
  [
    'secret reads beyond their field',
    (block) => ({ ...block, secretReads: -1 }),
    'event_malformed',
  ],
  ['epoch', (block) => ({ ...block, epoch: block.epoch + 1 }), 'mac_mismatch'],
  ['epoch beyond its field', (block) => ({ ...block, epoch: NaN }), 'event_malformed'],
  ['first time', (block) => ({ ...block, firstTime: block.firstTime - 1 }), 'mac_mismatch'],
  ['last time', (block) => ({ ...block, lastTime: block.lastTime + 1 }), 'mac_mismatch'],
  ['filter', (block) => ({ ...block, filter: flippedBit(block.filter, 0) }), 'mac_mismatch'],
  [
    'content hash',
    (block) => ({ ...block, contentHash: flippedBit(block.contentHash, 9) }),
    'mac_mismatch',
  ],
  [
    'content hash, cut',
    (block) => ({ ...block, contentHash: block.contentHash.subarray(0, 31) }),
    'event_malformed',
  ],
  ['MAC', (block) => ({ ...block, mac: flippedBit(block.mac, 31) }), 'mac_mismatch'],
  ['MAC, cut', (block) => ({ ...block, mac: block.mac.subarray(0, 16) }), 'mac_mismatch'],
]

const flippedBit = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

for (const [column, flip, reason] of flips)
  t.test(`flipped: ${column}`, async (t) => {
    const bench = new Bench()
    await severalChains(bench)
    const chain = bench.sink.chain()
    bench.store.tamperAudit(chain, 5, flip)
    t.match(await bench.verify(), {
      ok: false,
      events: 7,
      chains: 2,
      firstBad: { chain, sequence: 5, id: null, reason },
    })
  })

const unreadable: readonly [string, (sealed: Buffer) => Buffer][] = [
  ['altered', (sealed) => flippedBit(sealed, 60)],
  ['cut', (sealed) => sealed.subarray(0, 20)],
  ['emptied', () => Buffer.alloc(0)],
]

for (const [what, change] of unreadable)
  t.test(`a block's content ${what}: it is named, and the walk goes on`, async (t) => {
    const bench = new Bench()
    await severalChains(bench)
    const chain = bench.sink.chain()
    bench.store.tamperAudit(chain, 5, (block) => ({ ...block, sealed: change(block.sealed) }))
    t.match(await bench.verify(), {
      ok: false,
      events: 11,
      firstBad: { chain, sequence: 5, id: null, reason: 'block_unreadable' },
    })
    bench.store.tamperAudit(chain, 7, (block) => ({ ...block, mac: Buffer.alloc(32) }))
    t.match(await bench.verify(), { events: 9, firstBad: { sequence: 5 } })
  })

t.test('the first of a block of several events is named', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  await appendMany(log, 3)
  await appendMany(log, 5)
  await log.close()
  bench.store.tamperAudit(bench.sink.chain(), 4, (block) => ({ ...block, count: 4 }))
  t.match(await bench.verify(), { events: 3, firstBad: { sequence: 4, reason: 'mac_mismatch' } })
})

t.test('deleted, in the middle', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  bench.store.tamperAudit(bench.sink.chain(), 5, () => null)
  t.match(await bench.verify(), {
    ok: false,
    firstBad: { sequence: 5, id: null, reason: 'event_missing' },
  })
})

t.test('deleted, the first', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  bench.store.tamperAudit(bench.sink.chain(), 1, () => null)
  t.match(await bench.verify(), {
    ok: false,
    firstBad: { sequence: 1, id: null, reason: 'event_missing' },
  })
})

t.test('cut off before the last anchor', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  for (const seq of [7, 8]) bench.store.tamperAudit(bench.sink.chain(), seq, () => null)
  t.match(await bench.verify(), {
    ok: false,
    firstBad: { sequence: 7, id: null, reason: 'chain_cut' },
  })
})

t.test('a whole chain removed', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const chain = bench.sink.chain(1)
  for (const seq of [1, 2, 3]) bench.store.tamperAudit(chain, seq, () => null)
  t.match(await bench.verify(), {
    ok: false,
    events: 8,
    firstBad: { chain, sequence: 1, id: null, reason: 'chain_missing' },
  })
})

t.test('deleted, and the others moved up', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const chain = bench.sink.chain()
  bench.store.tamperAudit(chain, 5, () => null)
  for (const seq of [6, 7, 8])
    bench.store.tamperAudit(chain, seq, (block) => ({ ...block, firstSeq: seq - 1 }))
  t.match(await bench.verify(), {
    ok: false,
    firstBad: { sequence: 5, reason: 'mac_mismatch' },
  })
})

t.test('inserted at the end', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const [block] = await bench.blocks()
  if (!block) throw new Error('no block')
  await bench.store.append([{ ...block, firstSeq: 9 }], [])
  t.match(await bench.verify(), {
    ok: false,
    firstBad: { sequence: 9, reason: 'mac_mismatch' },
  })
})

t.test('reordered', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const chain = bench.sink.chain()
  const blocks = await bench.blocks()
  for (const [firstSeq, other] of [
    [4, 5],
    [5, 4],
  ] as const)
    bench.store.tamperAudit(chain, firstSeq, (block) => ({
      ...(blocks[other - 1] ?? block),
      firstSeq,
    }))
  t.match(await bench.verify(), {
    ok: false,
    firstBad: { sequence: 4, reason: 'mac_mismatch' },
  })
})

t.test('spliced from another chain of the tenant', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const [chain, other] = [bench.sink.chain(), bench.sink.chain(1)]
  const [, donor] = await bench.blocks(other)
  bench.store.tamperAudit(chain, 2, (block) => (donor ? { ...donor, chain } : block))
  t.match(await bench.verify(), {
    ok: false,
    firstBad: { chain, sequence: 2, id: null, reason: 'mac_mismatch' },
  })
})

t.test('spliced from another tenant', async (t) => {
  const [bench, foreign] = [new Bench(), new Bench()]
  await severalChains(bench)
  await severalChains(foreign)
  const chain = bench.sink.chain()
  const [, donor] = await foreign.blocks()
  bench.store.tamperAudit(chain, 2, (block) => (donor ? { ...donor, chain } : block))
  t.match(await bench.verify(), {
    ok: false,
    firstBad: { chain, sequence: 2, id: null, reason: 'mac_mismatch' },
  })
})

t.test('a chain that nobody registered', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const chain = newId()
  const [block] = await bench.blocks()
  if (block) await bench.store.append([{ ...block, chain }], [])
  t.match(await bench.verify(), { ok: false, firstBad: { chain, reason: 'chain_unregistered' } })
})

t.test('a whole tenant exchanged for another one', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const { tenant } = bench.keys
  const report = await verifyAudit(bench.store, open(freshTenant()), bench.sink, { tenant })
  t.match(report, { ok: false, events: 0, firstBad: { sequence: 1, reason: 'mac_key_missing' } })
})

t.test('a store that answers blocks out of order', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const store: Pick<Store, 'auditChain' | 'auditChains' | 'read' | 'find'> = {
    auditChains: () => bench.store.auditChains(),
    read: () => bench.store.read('vault_entry', []),
    find: () => bench.store.find('vault_entry', []),
    auditChain: async (chain, from) => {
      const blocks = await bench.store.auditChain(chain, from, 100)
      return from === 1 ? [...blocks.slice(0, 2), ...blocks.slice(0, 2)] : blocks
    },
  }
  const report = await verifyAudit(store, bench.keys, bench.sink, { tenant: bench.keys.tenant })
  t.match(report, { ok: false, firstBad: { sequence: 3, reason: 'event_misplaced' } })
})

t.test('an anchor of another digest', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const [anchor] = bench.sink.anchored
  if (anchor)
    bench.sink.anchored[0] = { ...anchor, digest: flippedBit(Buffer.from(anchor.digest), 0) }
  t.match(await bench.verify(), { ok: false, firstBad: { sequence: 8, reason: 'anchor_mismatch' } })
})

t.test('an anchor within a block', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  await appendMany(log, 3)
  await log.close()
  const [anchor] = bench.sink.anchored
  if (anchor) bench.sink.anchored.push({ ...anchor, seq: 2 })
  t.match(await bench.verify(), { ok: false, firstBad: { sequence: 1, reason: 'anchor_mismatch' } })
})

t.test('anchors or registrations that nobody signed', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  bench.sink.fault = new IntegrityError()
  t.match(await bench.verify(), { ok: false, firstBad: { reason: 'registration_mismatch' } })
  bench.sink.fault = null
  bench.sink.anchors = () => Promise.reject(new IntegrityError())
  t.match(await bench.verify(), {
    ok: false,
    firstBad: { chain: bench.sink.chain(), sequence: 1, reason: 'anchor_mismatch' },
  })
})

t.test('what the running writer has written, and is not there or another', async (t) => {
  const bench = new Bench()
  const log = bench.log()
  await appendEach(log, 3)
  const chain = bench.sink.chain()
  const { tenant } = bench.keys
  const verify = (tip = log.tip) =>
    verifyAudit(bench.store, bench.keys, bench.sink, { tenant, tip })
  t.match(await verify(), { ok: true, unanchored: 3 })
  t.match(await verify({ ...log.tip!, digest: Buffer.alloc(32) }), {
    ok: false,
    firstBad: { chain, sequence: 3, reason: 'tip_mismatch' },
  })
  bench.store.tamperAudit(chain, 3, () => null)
  t.match(await bench.verify(), { ok: true }, 'no anchor says so')
  t.match(await verify(), { ok: false, firstBad: { chain, sequence: 3, reason: 'chain_cut' } })
})

t.test('a registration under another MAC key', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const [registration] = bench.sink.registered
  if (registration) bench.sink.registered[0] = { ...registration, macKeyId: Buffer.alloc(8) }
  t.match(await bench.verify(), { ok: false, firstBad: { sequence: 1, reason: 'mac_key_missing' } })
})

t.test('the first of several faults is named, and the other chains are walked', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  for (const [n, seq] of [
    [1, 2],
    [0, 6],
    [0, 4],
  ] as const)
    bench.store.tamperAudit(bench.sink.chain(n), seq, (block) => ({ ...block, secretReads: 0 }))
  t.match(await bench.verify(), {
    events: 4,
    firstBad: { chain: bench.sink.chain(), sequence: 4, reason: 'mac_mismatch' },
  })
})

t.test('events that come while it walks do no harm', async (t) => {
  const bench = new Bench()
  const log = bench.log({ anchorEvery: 2 })
  await appendMany(log, 5)
  bench.store.beforeNext('auditChain', () => appendMany(log, 5))
  const row = rowOf(newId(), 1, 'a')
  const insert = { op: 'insert', table: 'vault_entry', row, indexes: [] } as const
  const commit = { changes: [insert], outbox: [], guard: () => null }
  bench.store.beforeNext('read', async () => void (await log.commit(commit, [eventOf()])))
  t.match(await bench.verify(true), { ok: true, events: 10 })
})

t.test('what cannot be reached is an error, not a finding', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  bench.store.failNext('auditChain')
  await t.rejects(bench.verify(), { code: 'unavailable' })
  bench.sink.fault = new Error('control database')
  await t.rejects(bench.verify(), bench.sink.fault)
})

t.test('aborted: it ends, and says nothing about the log', async (t) => {
  const bench = new Bench()
  await bench.log().append(eventOf())
  const reason = new Error('no time')
  const signal = AbortSignal.abort(reason)
  const { tenant } = bench.keys
  await t.rejects(verifyAudit(bench.store, bench.keys, bench.sink, { tenant, signal }), reason)
})
