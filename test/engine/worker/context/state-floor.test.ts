// A state below what anchors and later blocks say was is never the present one.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import { floorOf } from '../../../../engine/worker/context/state-floor.js'
import { createMemoryStore } from '../../../../engine/worker/store/memory/memory-store.js'
import { blockOf } from '../../../suites/store-rows.js'
import { MemorySink } from '../audit/fixture.js'

const [one, two] = [newId(), newId()]
const digest = Buffer.alloc(32)
const macKeyId = Buffer.alloc(8)

const sinkOf = async (
  ...anchors: readonly [chain: string, seq: number, epoch: number, fill?: number][]
) => {
  const sink = new MemorySink()
  for (const chain of [one, two])
    await sink.register({
      chain,
      writer: chain,
      macKeyId,
      previousChain: null,
      previousDigest: null,
    })
  for (const [chain, seq, epoch, fill = 1] of anchors)
    await sink.append({ chain, seq, epoch, digest, state: Buffer.alloc(32, fill), time: 0 })
  return sink
}

t.test('nothing was ever written', async (t) => {
  t.equal(await floorOf(await sinkOf(), createMemoryStore()), null)
})

t.test('the highest of the last anchors of all chains', async (t) => {
  const sink = await sinkOf([one, 5, 3, 3], [two, 2, 8, 8], [one, 9, 4, 4])
  t.same(await floorOf(sink, createMemoryStore()), {
    accessEpoch: 8,
    digest: Buffer.alloc(32, 8),
  })
})

t.test('blocks that came after the last anchor, also of a chain that has none', async (t) => {
  const sink = await sinkOf([one, 5, 3])
  const store = createMemoryStore()
  await store.append([blockOf({ chain: one, firstSeq: 5, epoch: 99 })], [])
  t.match(await floorOf(sink, store), { accessEpoch: 3 }, 'the anchored one counts as it was')
  await store.append([blockOf({ chain: one, firstSeq: 6, epoch: 3 })], [])
  t.match(await floorOf(sink, store), { accessEpoch: 3, digest: Buffer.alloc(32, 1) })
  await store.append([blockOf({ chain: two, firstSeq: 1, epoch: 4 })], [])
  t.same(await floorOf(sink, store), { accessEpoch: 4, digest: null })
  await store.append([blockOf({ chain: newId(), firstSeq: 1, epoch: 77 })], [])
  t.match(await floorOf(sink, store), { accessEpoch: 4 }, 'a chain that nobody registered')
})

t.test('two states of one epoch', async (t) => {
  const sink = await sinkOf([one, 5, 3, 1], [two, 5, 3, 2])
  await t.rejects(floorOf(sink, createMemoryStore()), IntegrityError)
})
