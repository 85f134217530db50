// The audit log: appended once, answered with what decisions are confirmed by, read in pages and chains.
import { randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import { newId } from '../../engine/ids.js'
import { type AuditBlock, headFilterBytes } from '../../engine/worker/store/store.js'
import type { OpenStore } from './store.js'
import { blockOf, chainOf, commitOf, insertOf, raiseOf, rowOf, updateOf } from './store-rows.js'

const newestFirst = (a: AuditBlock, b: AuditBlock): number =>
  b.lastTime - a.lastTime ||
  (b.chain === a.chain ? b.firstSeq - a.firstSeq : b.chain < a.chain ? -1 : 1)

export const storeAudit = async (t: Test, open: OpenStore): Promise<void> => {
  t.test('blocks come back with every column', async (t) => {
    const store = await open()
    const blocks = [
      ...chainOf(1, 3),
      blockOf({ firstSeq: 5_000_000_000_000, count: 512, epoch: 2 ** 52, sealed: Buffer.alloc(0) }),
    ]
    await store.append(blocks, [])
    t.same(await store.auditPage(null, 10), [...blocks].sort(newestFirst))
  })

  t.test(
    'an append answers state, epoch and versions of live entries as they are now',
    async (t) => {
      const store = await open()
      const [live, deleted, user] = [rowOf({ version: 6 }), rowOf({ state: 1 }), rowOf()]
      await store.put([insertOf(live), insertOf(deleted), insertOf(user, [], 'user_account')])
      const served = [live.id, deleted.id, user.id, newId()]
      const state = await store.state()
      const answer = await store.append([blockOf()], served)
      t.same(answer, { ...state, versions: new Map([[live.id, 6]]) })
      const guard = raiseOf(state)
      await store.commit(commitOf([updateOf({ ...live, version: 7 })], { guard }))
      const later = await store.append([blockOf()], served)
      t.match(later, { accessEpoch: state.accessEpoch + 1, sealed: guard.raised! })
      t.same(later.versions, new Map([[live.id, 7]]))
      t.same((await store.append([blockOf()], [])).versions, new Map())
      t.same(await store.append([], served), later, 'also with nothing to append')
    },
  )

  t.test('the same bytes again are no error and no second block', async (t) => {
    const store = await open()
    const chain = newId()
    const blocks = chainOf(1, 4, chain)
    await store.append(blocks.slice(0, 3), [])
    const answer = await store.append(blocks, [])
    t.same(answer, { ...(await store.state()), versions: new Map() })
    await store.append(blocks, [])
    t.same(await store.auditChain(chain, 1, 10), blocks)
  })

  const others = Object.keys(blockOf()).filter((name) => name !== 'chain' && name !== 'firstSeq')
  for (const name of others as Exclude<keyof AuditBlock, 'chain' | 'firstSeq'>[])
    t.test(`another ${name} under the same (chain, firstSeq): audit_conflict`, async (t) => {
      const store = await open()
      const chain = newId()
      const blocks = chainOf(1, 3, chain)
      await store.append(blocks.slice(0, 2), [])
      const value = blocks[1]![name]
      const other = typeof value === 'number' ? value + 1 : blockOf()[name]
      const changed = { ...blocks[1]!, [name]: other }
      const all = [blocks[0]!, changed, blocks[2]!]
      await t.rejects(store.append(all, []), { name: 'StoreError', code: 'audit_conflict' })
      t.same(await store.auditChain(chain, 1, 10), blocks.slice(0, 2), 'nothing of it is kept')
    })

  t.test('pages go strictly back from a position, ties by chain and number', async (t) => {
    const store = await open()
    const chains = [newId(), newId()]
    const blocks = chains.flatMap((chain) =>
      chainOf(1, 9, chain).map((block, i) => ({ ...block, lastTime: 1000 + (i >> 2) })),
    )
    await store.append(blocks, [])
    const seen: AuditBlock[] = []
    for (let page = await store.auditPage(null, 2); page.length > 0;) {
      seen.push(...page)
      const { lastTime: time, chain, firstSeq: seq } = page.at(-1)!
      page = await store.auditPage({ time, chain, seq }, 2)
    }
    t.same(seen, [...blocks].sort(newestFirst))
    const beginning = { time: 1000, chain: '00000000-0000-0000-0000-000000000000', seq: 1 }
    t.same(await store.auditPage(beginning, 5), [])
  })

  t.test('a page begins with the block that the position is in', async (t) => {
    const store = await open()
    const chain = newId()
    const [first, second] = [
      blockOf({ chain, count: 5, lastTime: 1000 }),
      blockOf({ chain, firstSeq: 6, count: 5, lastTime: 1000 }),
    ]
    await store.append([first, second], [])
    const from = (seq: number) => store.auditPage({ time: 1000, chain, seq }, 5)
    t.same(await from(11), [second, first])
    t.same(await from(7), [second, first])
    t.same(await from(6), [first])
    t.same(await from(1), [])
  })

  t.test('pages go forward too, strictly behind a position', async (t) => {
    const store = await open()
    t.same(await store.auditForward(null, 5), [])
    const blocks = [newId(), newId()].flatMap((chain) =>
      chainOf(1, 9, chain).map((block, i) => ({ ...block, lastTime: 3_600_000 + (i >> 2) })),
    )
    await store.append(blocks, [])
    const seen: AuditBlock[] = []
    for (let page = await store.auditForward(null, 4); page.length > 0;) {
      seen.push(...page)
      const { lastTime: time, chain, firstSeq: seq } = page.at(-1)!
      page = await store.auditForward({ time, chain, seq }, 4)
    }
    t.same(seen, [...blocks].sort(newestFirst).reverse())
    const before = { time: 3_599_999, chain: 'ffffffff-ffff-ffff-ffff-ffffffffffff', seq: 1 }
    t.same(await store.auditForward(before, 1), seen.slice(0, 1))
  })

  t.test('heads are what pages answer, in the same order', async (t) => {
    const store = await open()
    t.same(await store.auditHeads(null, 10), [])
    const blocks = [
      ...chainOf(1, 4).map((block, i) => ({ ...block, lastTime: 1000 + (i >> 1) })),
      blockOf({ firstSeq: 5_000_000_000_000, count: 512, filter: randomBytes(3_072) }),
      blockOf({ filter: Buffer.alloc(0), firstTime: 0, lastTime: 2 ** 42 }),
    ]
    await store.append(blocks, [])
    const headOf = ({ chain, firstSeq, count, firstTime, lastTime, filter }: AuditBlock) => ({
      chain,
      firstSeq,
      count,
      firstTime,
      lastTime,
      filter,
    })
    const inOrder = [...blocks].sort(newestFirst)
    t.same(await store.auditHeads(null, 10), inOrder.map(headOf))
    t.same(await store.auditHeads(null, 2), inOrder.slice(0, 2).map(headOf))
    for (const { lastTime: time, chain, firstSeq: seq } of blocks) {
      const position = { time, chain, seq }
      const page = await store.auditPage(position, 3)
      t.same(await store.auditHeads(position, 3), page.map(headOf))
    }
  })

  t.test('of a filter that no engine writes a head carries no more than shows it', async (t) => {
    const store = await open()
    const filter = randomBytes(10_000)
    await store.append([blockOf({ filter })], [])
    t.same((await store.auditHeads(null, 1))[0]?.filter, filter.subarray(0, headFilterBytes))
  })

  t.test('blocks are read by their places', async (t) => {
    const store = await open()
    const blocks = [...chainOf(1, 3), ...chainOf(2, 4)]
    await store.append(blocks, [])
    const wanted = [blocks[4]!, blocks[0]!]
    const gone = [
      { chain: newId(), firstSeq: 1 },
      { chain: blocks[0]!.chain, firstSeq: 4 },
    ]
    const read = await store.auditBlocks([...wanted, ...gone, wanted[0]!])
    t.same(read.sort(newestFirst), wanted.sort(newestFirst))
    t.same(await store.auditBlocks([]), [])
  })

  t.test('a chain is read in order from a number on', async (t) => {
    const store = await open()
    const chain = newId()
    const blocks = chainOf(2, 11, chain)
    await store.append([...blocks].reverse(), [])
    await store.append(chainOf(1, 3), [])
    t.same(await store.auditChain(chain, 0, 100), blocks)
    t.same(await store.auditChain(chain, 9, 100), blocks.slice(7))
    t.same(await store.auditChain(chain, 4, 2), blocks.slice(2, 4))
    t.same(await store.auditChain(chain, 12, 2), [])
    t.same(await store.auditChain(newId(), 1, 2), [])
  })

  t.test('a chain is read from the block that holds an event on', async (t) => {
    const store = await open()
    const chain = newId()
    const blocks = [1, 4, 5].map((firstSeq, i) =>
      blockOf({ chain, firstSeq, count: [3, 1, 9][i]! }),
    )
    await store.append([...blocks, blockOf()], [])
    const from = (seq: number) => store.auditChain(chain, seq, 5)
    for (const seq of [1, 2, 3]) t.same(await from(seq), blocks, String(seq))
    t.same(await from(4), blocks.slice(1))
    for (const seq of [5, 13]) t.same(await from(seq), blocks.slice(2), String(seq))
    t.same(await from(14), [])
  })

  t.test('the highest epoch of what begins after places', async (t) => {
    const store = await open()
    const [a, b] = [newId(), newId()]
    const epochs = [9, 5, 7]
    await store.append(
      [
        ...chainOf(1, 3, a).map((block, i) => ({ ...block, epoch: epochs[i]! })),
        blockOf({ chain: b, epoch: 100 }),
      ],
      [],
    )
    t.equal(await store.auditEpoch([{ chain: a, seq: 0 }]), 9)
    t.equal(await store.auditEpoch([{ chain: a, seq: 1 }]), 7)
    t.equal(await store.auditEpoch([{ chain: a, seq: 3 }]), null)
    const both = [
      { chain: a, seq: 1 },
      { chain: b, seq: 0 },
    ]
    t.equal(await store.auditEpoch(both), 100)
    t.equal(await store.auditEpoch([]), null)
  })

  t.test('chains are those that have a block', async (t) => {
    const store = await open()
    t.same(await store.auditChains(), [])
    const [a, b] = [newId(), newId()]
    await store.append([...chainOf(1, 5, a), ...chainOf(7, 7, b)], [])
    t.same((await store.auditChains()).sort(), [a, b].sort())
  })

  t.test('large appends', async (t) => {
    const store = await open()
    const chain = newId()
    const entries = Array.from({ length: 300 }, () => rowOf())
    await store.put(entries.map((row) => insertOf(row)))
    const answer = await store.append(
      chainOf(1, 300, chain),
      entries.map(({ id }) => id),
    )
    t.equal(answer.versions.size, 300)
    t.equal((await store.auditChain(chain, 1, 1_000)).length, 300)
  })
}
