import t from 'tap'
import { newId, nilUuid } from '../../../../engine/ids.js'
import type { AuditRow, Store } from '../../../../engine/worker/store/store.js'
import { verifyAudit } from '../../../../engine/worker/audit/verify.js'
import { freshTenant, open } from '../keys/fixture.js'
import { Bench, appendMany, eventOf, rowOf, writtenLog } from './fixture.js'

/** Two writers' chains of 8 and 3 events; the second half of each without an anchor when not closed. */
const severalChains = async (bench: Bench): Promise<void> => {
  await writtenLog(bench, 8)
  const other = bench.log({ writer: 'node-b' })
  await appendMany(other, 3)
  await other.close()
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

// Every plain column, the sealed detail and the MAC: one bit or value each.
const flips: readonly [string, (row: AuditRow) => AuditRow, string][] = [
  ['id', (row) => ({ ...row, id: newId() }), 'detail_unreadable'],
  ['time', (row) => ({ ...row, time: row.time + 1 }), 'mac_mismatch'],
  ['actor type', (row) => ({ ...row, actorType: 2 }), 'mac_mismatch'],
  ['actor', (row) => ({ ...row, actor: newId() }), 'mac_mismatch'],
  ['action', (row) => ({ ...row, action: row.action - 1 }), 'mac_mismatch'],
  [
    'action beyond its field',
    (row) => ({ ...row, action: row.action + 65_536 }),
    'event_malformed',
  ],
  ['outcome', (row) => ({ ...row, outcome: 1 }), 'mac_mismatch'],
  ['target type', (row) => ({ ...row, targetType: 0 }), 'mac_mismatch'],
  ['target', (row) => ({ ...row, target: nilUuid }), 'mac_mismatch'],
  ['request', (row) => ({ ...row, requestId: newId() }), 'mac_mismatch'],
  ['detail', (row) => ({ ...row, detail: flippedBit(row.detail, 60) }), 'detail_unreadable'],
  ['detail, cut', (row) => ({ ...row, detail: row.detail.subarray(0, 20) }), 'detail_unreadable'],
  ['MAC', (row) => ({ ...row, mac: flippedBit(row.mac, 31) }), 'mac_mismatch'],
  ['MAC, cut', (row) => ({ ...row, mac: row.mac.subarray(0, 16) }), 'mac_mismatch'],
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
    const id = (await bench.events(chain))[4]?.id
    t.match(await bench.verify(), {
      ok: false,
      events: 7,
      chains: 2,
      firstBad: { chain, sequence: 5, id, reason },
    })
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
    bench.store.tamperAudit(chain, seq, (row) => ({ ...row, seq: seq - 1 }))
  t.match(await bench.verify(), {
    ok: false,
    firstBad: { sequence: 5, reason: 'detail_unreadable' },
  })
})

t.test('inserted at the end', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const [row] = await bench.events()
  if (!row) throw new Error('no event')
  await bench.store.append([{ ...row, id: newId(), seq: 9 }], [])
  t.match(await bench.verify(), {
    ok: false,
    firstBad: { sequence: 9, reason: 'detail_unreadable' },
  })
})

t.test('reordered', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const chain = bench.sink.chain()
  const rows = await bench.events()
  for (const [seq, other] of [
    [4, 5],
    [5, 4],
  ] as const)
    bench.store.tamperAudit(chain, seq, (row) => ({ ...(rows[other - 1] ?? row), seq }))
  t.match(await bench.verify(), {
    ok: false,
    firstBad: { sequence: 4, reason: 'detail_unreadable' },
  })
})

t.test('spliced from another chain of the tenant', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const [chain, other] = [bench.sink.chain(), bench.sink.chain(1)]
  const [, donor] = await bench.events(other)
  bench.store.tamperAudit(chain, 2, (row) => (donor ? { ...donor, chain } : row))
  t.match(await bench.verify(), {
    ok: false,
    firstBad: { chain, sequence: 2, id: donor?.id, reason: 'mac_mismatch' },
  })
})

t.test('spliced from another tenant', async (t) => {
  const [bench, foreign] = [new Bench(), new Bench()]
  await severalChains(bench)
  await severalChains(foreign)
  const chain = bench.sink.chain()
  const [, donor] = await foreign.events()
  bench.store.tamperAudit(chain, 2, (row) => (donor ? { ...donor, chain } : row))
  t.match(await bench.verify(), {
    ok: false,
    firstBad: { chain, sequence: 2, id: donor?.id, reason: 'detail_unreadable' },
  })
})

t.test('a chain that nobody registered', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const chain = newId()
  const [row] = await bench.events()
  if (row) await bench.store.append([{ ...row, chain }], [])
  t.match(await bench.verify(), { ok: false, firstBad: { chain, reason: 'chain_unregistered' } })
})

t.test('a whole tenant exchanged for another one', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const { tenant } = bench.keys
  const report = await verifyAudit(bench.store, open(freshTenant()), bench.sink, { tenant })
  t.match(report, { ok: false, events: 0, firstBad: { sequence: 1, reason: 'detail_unreadable' } })
})

t.test('a store that answers events out of order', async (t) => {
  const bench = new Bench()
  await severalChains(bench)
  const store: Pick<Store, 'auditChain' | 'auditExtents' | 'read'> = {
    auditExtents: () => bench.store.auditExtents(),
    read: () => bench.store.read('vault_entry', []),
    auditChain: async (chain, from) => {
      const rows = await bench.store.auditChain(chain, from, 100)
      return from === 1 ? [...rows.slice(0, 2), ...rows.slice(0, 2)] : rows
    },
  }
  const report = await verifyAudit(store, bench.keys, bench.sink, { tenant: bench.keys.tenant })
  t.match(report, { ok: false, firstBad: { sequence: 3, reason: 'event_misplaced' } })
})

t.test('an anchor of another digest or MAC', async (t) => {
  for (const part of ['digest', 'mac'] as const) {
    const bench = new Bench()
    await severalChains(bench)
    const [anchor] = bench.sink.anchored
    if (anchor)
      bench.sink.anchored[0] = { ...anchor, [part]: flippedBit(Buffer.from(anchor[part]), 0) }
    t.match(await bench.verify(), {
      ok: false,
      firstBad: { sequence: 8, reason: 'anchor_mismatch' },
    })
  }
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
    bench.store.tamperAudit(bench.sink.chain(n), seq, (row) => ({ ...row, outcome: 2 }))
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
