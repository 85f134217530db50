// A batch's place is given back when all its items have been answered or have released theirs, and only then.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { BatchPacker } from '../../../../engine/task/batch.js'
import type { Item } from '../../../../engine/task/item.js'
import { BatchRunner } from '../../../../engine/worker/thread/batch.js'
import type { Answer, Pipeline } from '../../../../engine/worker/request/pipeline.js'
import type { ReplyWriter } from '../../../../engine/worker/thread/replies.js'
import { settled } from '../context/open-tenants-fixture.js'

const itemOf = (n: number): Item => ({
  n,
  operation: 'getTenant',
  claims: null,
  tenant: null,
  path: {},
  query: {},
  headers: {},
  body: null,
  fault: null,
  requestId: newId(),
  clientAddress: '192.0.2.1',
})

/** Items wait until `end(n)`; `releaseBatchSlot(n)` is what their handlers would call. */
const running = (slotTimeout = 60_000) => {
  const slots = new Map<number, () => void>()
  const ends = new Map<number, (answer: Answer) => void>()
  const sent: number[] = []
  const pipeline = {
    answer: ({ n }: Item, releaseBatchSlot: () => void) => {
      slots.set(n, releaseBatchSlot)
      return new Promise<Answer>((resolve) => ends.set(n, resolve))
    },
  } as unknown as Pipeline
  const replies = { send: (n: number) => void sent.push(n) } as unknown as ReplyWriter
  const packer = new BatchPacker()
  const runner = new BatchRunner(pipeline, replies, slotTimeout)
  const run = (...numbers: number[]) => {
    const batch = { back: false }
    void runner.run(packer.pack(numbers.map(itemOf))).then(() => (batch.back = true))
    return batch
  }
  const end = (n: number): Promise<void> => {
    ends.get(n)!({ status: 200, headers: {}, body: null })
    return settled()
  }
  const releaseBatchSlot = (n: number): Promise<void> => {
    slots.get(n)!()
    return settled()
  }
  return { runner, run, end, releaseBatchSlot, sent }
}

t.test('every item answers by itself, in the order in which they end', async (t) => {
  const { run, end, sent } = running()
  const batch = run(1, 2)
  await end(2)
  t.same(sent, [2])
  t.notOk(batch.back)
  await end(1)
  t.same(sent, [2, 1])
  t.ok(batch.back)
})

t.test('items that released it hold no place, and answer all the same', async (t) => {
  const { run, end, releaseBatchSlot, sent } = running()
  const batch = run(1, 2)
  await releaseBatchSlot(1)
  t.notOk(batch.back)
  await end(2)
  t.ok(batch.back, 'the one that released it is still under way')
  await end(1)
  t.same(sent, [2, 1])
})

t.test('releasing twice, or after the answer, gives back no second place', async (t) => {
  const { run, end, releaseBatchSlot } = running()
  const batch = run(1, 2, 3)
  await releaseBatchSlot(1)
  await releaseBatchSlot(1)
  await end(1)
  await releaseBatchSlot(1)
  t.notOk(batch.back)
  await end(2)
  await releaseBatchSlot(2)
  t.notOk(batch.back)
  await end(3)
  t.ok(batch.back)
})

t.test('an empty batch is back at once', async (t) => {
  const batch = running().run()
  await settled()
  t.ok(batch.back)
})

t.test('draining waits for what released its place, too', async (t) => {
  const { runner, run, end, releaseBatchSlot } = running()
  await runner.drain(60_000)
  run(1)
  run(2)
  await releaseBatchSlot(1)
  let drained = 0
  void runner.drain(60_000).then(() => drained++)
  void runner.drain(60_000).then(() => drained++)
  await end(2)
  t.equal(drained, 0)
  await end(1)
  t.equal(drained, 2)
})

t.test('whoever waits for long lets others past after a moment', async (t) => {
  const { run, end, sent } = running(0)
  const batch = run(1)
  await new Promise((resolve) => setTimeout(resolve, 1))
  await new Promise((resolve) => setImmediate(resolve))
  t.ok(batch.back)
  await end(1)
  t.same(sent, [1])
})

t.test('draining waits no longer than it may', async (t) => {
  const { runner, run, releaseBatchSlot, sent } = running()
  run(1)
  await releaseBatchSlot(1)
  await runner.drain(1)
  t.same(sent, [])
})
