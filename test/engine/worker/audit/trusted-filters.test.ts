// Promise: a filtered list trusts filters, and verification vouches for them; what is no filter denies nothing.
import t from 'tap'
import { newId, type Uuid } from '../../../../engine/ids.js'
import { everyEvent } from '../../../../engine/worker/audit/event-filter.js'
import { AuditReader } from '../../../../engine/worker/audit/reader.js'
import type { AuditBlock, AuditHead } from '../../../../engine/worker/store/store.js'
import { Bench, eventOf } from './fixture.js'

const actor = newId()

const partsOf = ({ store, keys }: Bench) => ({
  store,
  keys,
  giveWay: () => Promise.resolve(),
})

/** Two blocks of one event each; the first is of the actor that is looked for. */
const written = async (): Promise<Bench> => {
  const bench = new Bench()
  const log = bench.log()
  await log.append({ ...eventOf(), actor: { type: 'user', id: actor, name: 'alice' } })
  await log.append(eventOf())
  await log.close()
  return bench
}

const found = async (bench: Bench): Promise<number> =>
  (await new AuditReader(partsOf(bench)).page(null, 10, { ...everyEvent, actor })).items.length

const alter = (bench: Bench, filter: (block: AuditBlock) => Buffer): void =>
  bench.store.tamperAudit(bench.sink.chain(), 1, (block) => ({ ...block, filter: filter(block) }))

t.test('one that was emptied bit by bit denies, and is found', async (t) => {
  const bench = await written()
  t.equal(await found(bench), 1)
  alter(bench, ({ filter }) => Buffer.alloc(filter.length))
  t.equal(await found(bench), 0)
  const { ok, firstBad } = await bench.verify()
  t.notOk(ok)
  t.match(firstBad, { sequence: 1, reason: 'mac_mismatch' })
})

for (const [name, change] of [
  ['none', () => Buffer.alloc(0)],
  ['a shorter one', (filter: Buffer) => filter.subarray(1)],
  ['a longer one', (filter: Buffer) => Buffer.alloc(filter.length + 8)],
  ['a huge one', () => Buffer.alloc(100_000)],
] as const)
  t.test(`${name} denies nothing`, async (t) => {
    const bench = await written()
    alter(bench, ({ filter }) => change(filter))
    t.equal(await found(bench), 1)
  })

t.test('what any of them says is of no interest to who filters by nothing', async (t) => {
  const bench = await written()
  alter(bench, ({ filter }) => Buffer.alloc(filter.length))
  const { items } = await new AuditReader(partsOf(bench)).page(null, 10)
  t.equal(items.length, 2)
})

t.test('of a chain that nobody registered too', async (t) => {
  const bench = await written()
  bench.sink.registered = []
  t.equal(await found(bench), 1)
})

t.test('a block that does not open is counted where its filter does not deny', async (t) => {
  const bench = await written()
  const chain = bench.sink.chain()
  for (const seq of [1, 2])
    bench.store.tamperAudit(chain, seq, (block) => ({ ...block, sealed: Buffer.alloc(600) }))
  const page = await new AuditReader(partsOf(bench)).page(null, 10, { ...everyEvent, actor })
  t.match(page, { items: [], unreadable: 1, last: null })
})

/** A log without an end, of blocks that hold nothing; a million heads would not do. */
const endless = () => {
  const asked = { heads: 0, blocks: 0 }
  const chain: Uuid = newId()
  const headsOf = (limit: number, isFull: boolean): AuditHead[] =>
    Array.from({ length: limit }, (_, i) => ({
      chain,
      firstSeq: 10_000_000 - asked.heads + i,
      count: 1,
      firstTime: 1_700_000_000_000,
      lastTime: 1_700_000_000_000,
      filter: Buffer.alloc(8, isFull ? 0xff : 0),
    }))
  const store = (isFull: boolean) => ({
    auditPage: () => Promise.reject(new Error('not asked')),
    auditHeads: async (_: unknown, limit: number) => {
      asked.heads += limit
      return headsOf(limit, isFull)
    },
    auditBlocks: async (heads: readonly Pick<AuditHead, 'chain' | 'firstSeq'>[]) => {
      asked.blocks += heads.length
      return (heads as AuditHead[]).map((head) => ({
        ...head,
        secretReads: 0,
        epoch: 1,
        contentHash: Buffer.alloc(32),
        sealed: Buffer.alloc(600),
        mac: Buffer.alloc(32),
      }))
    },
  })
  return { asked, store }
}

for (const [isFull, most] of [
  [false, { heads: 66_560, blocks: 0 }],
  [true, { heads: 8_192, blocks: 1_088 }],
] as const)
  t.test(`a page looks at so much and leads on: ${isFull ? 'blocks' : 'heads'}`, async (t) => {
    const bench = await written()
    const { asked, store } = endless()
    let turns = 0
    const giveWay = async (): Promise<void> => void turns++
    const reader = new AuditReader({ ...partsOf(bench), store: store(isFull), giveWay })
    const page = await reader.page(null, 10, { ...everyEvent, actor })
    t.same(page.items, [])
    t.type(page.last?.seq, 'number', 'and leads on')
    t.ok(asked.heads <= most.heads && asked.blocks <= most.blocks, JSON.stringify(asked))
    t.ok(turns >= asked.heads / 1_024 - 1, 'others have their turns meanwhile')
  })
