// Requests gather while batches are in flight, every answer finds its request, and none is left without one.
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Piscina } from 'piscina'
import t, { type Test } from 'tap'
import { type Answer, Shard } from '../../../../engine/front/dispatch/shard.js'
import { newId } from '../../../../engine/ids.js'
import type { Item } from '../../../../engine/task/item.js'
import { type Batch, BatchUnpacker } from '../../../../engine/task/batch.js'
import type { WorkerStart } from '../../../../engine/task/messages.js'
import { writeBlock } from '../../../../engine/task/reply-block.js'

interface InFlight {
  readonly items: readonly Item[]
  readonly transferList: readonly ArrayBuffer[]
  end(): void
  fail(error: Error): void
}

const item = (body: Uint8Array | null = null): Omit<Item, 'n'> => ({
  operation: 'getTenant',
  claims: { tid: 'a tenant' } as never,
  tenant: null,
  path: {},
  query: {},
  headers: {},
  body,
  fault: null,
  requestId: newId(),
  clientAddress: '192.0.2.1',
})

/** A shard whose thread is the test itself. */
const started = async (t: Test, limit = 2_000) => {
  const batches: InFlight[] = []
  const faults: unknown[] = []
  const unpacker = new BatchUnpacker()
  let replies: MessagePort = new MessageChannel().port1
  const pool = {
    run: (
      task: Batch | WorkerStart<object>,
      { name, transferList }: { name: string; transferList: ArrayBuffer[] },
    ) => {
      if (name === 'start') {
        replies = (task as WorkerStart<object>).replies
        return Promise.resolve('started')
      }
      const items = unpacker.unpack(task as Batch)
      return new Promise<void>((end, fail) => batches.push({ items, transferList, end, fail }))
    },
  } as unknown as Piscina
  const { shard, result } = await Shard.start<object, string>(
    pool,
    {},
    {
      transfer: [],
      limit,
      onFault: (error) => faults.push(error),
      serveMain: () => undefined,
    },
  )
  t.equal(result, 'started')
  t.teardown(() => (replies.close(), shard.main.close()))
  const answers: (Answer & { of: number })[] = []
  let asked = 0
  const submit = (one = item(), cost = 50): boolean => {
    const of = asked++
    return shard.submit(one, cost, (answer) => answers.push({ ...answer, of }))
  }
  const reply = (...told: { n: number; body?: string }[]): void =>
    post(writeBlock(told.map(({ n, body = null }) => ({ n, status: 200, headers: {}, body }))))
  const post = (block: Uint8Array): void => replies.postMessage(block)
  return { shard, submit, reply, post, batches, answers, faults, endThread: () => replies.close() }
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

t.test('requests of one turn leave together', async (t) => {
  const { submit, batches } = await started(t)
  for (let i = 0; i < 5; i++) submit()
  t.equal(batches.length, 0)
  await turn()
  t.same(
    batches.map(({ items }) => items.length),
    [5],
  )
})

t.test('while two batches are in flight the others gather', async (t) => {
  const { submit, batches } = await started(t)
  for (let i = 0; i < 4; i++) {
    submit()
    await turn()
  }
  t.equal(batches.length, 2)
  submit()
  batches[0]!.end()
  await turn()
  t.same(
    batches.map(({ items }) => items.length),
    [1, 1, 3],
  )
})

t.test('a batch has its limit, and the rest follows by itself', async (t) => {
  const { submit, batches } = await started(t)
  for (let i = 0; i < 600; i++) submit()
  await turn()
  await turn()
  batches[0]!.end()
  await turn()
  t.same(
    batches.map(({ items }) => items.length),
    [256, 256, 88],
  )
  t.equal(new Set(batches.flatMap(({ items }) => items.map(({ n }) => n))).size, 600)
})

t.test('and a limit of cost: a tenant with little is not behind one with much', async (t) => {
  const { submit, batches } = await started(t)
  for (let i = 0; i < 20; i++) submit(item(), 10_000)
  submit({ ...item(), claims: { tid: 'another' } as never })
  await turn()
  const [first] = batches
  t.equal(first!.items.length, 3)
  t.ok(first!.items.some(({ claims }) => claims!.tid === ('another' as never)))
})

t.test('bodies move', async (t) => {
  const { submit, batches } = await started(t)
  const body = new Uint8Array(3)
  submit(item(body))
  submit()
  await turn()
  t.same(batches[0]!.transferList, [body.buffer])
})

t.test('answers come one by one, in any order, each to its request', async (t) => {
  const { shard, submit, reply, batches, answers } = await started(t)
  for (let i = 0; i < 3; i++) submit()
  await turn()
  const [a, b, c] = batches[0]!.items.map(({ n }) => n) as [number, number, number]
  reply({ n: c, body: 'ccc' }, { n: a, body: 'a' })
  reply({ n: b })
  await turn()
  t.same(
    answers.map(({ of, body }) => [of, body && Buffer.from(body).toString()]),
    [
      [2, 'ccc'],
      [0, 'a'],
      [1, null],
    ],
  )
  t.equal(shard.pending, 0)
  reply({ n: a, body: 'again' }, { n: 999 })
  await turn()
  t.equal(answers.length, 3, 'an answer to nobody is nobody’s')
})

t.test(
  'a tenant gets no more than as many as are left to others, until some were answered',
  async (t) => {
    const { shard, submit, reply, batches } = await started(t, 4)
    t.same([submit(), submit(), submit()], [true, true, false])
    t.equal(shard.pending, 2)
    const other = { ...item(), claims: { tid: 'another' } as never }
    t.same([submit(other), submit(other)], [true, false], 'and so does the next')
    await turn()
    reply({ n: batches[0]!.items[0]!.n })
    await turn()
    t.ok(submit())
  },
)

t.test('a batch that fails is answered, once, and the next one leaves', async (t) => {
  const { shard, submit, reply, batches, answers, faults } = await started(t)
  submit()
  submit()
  await turn()
  reply({ n: batches[0]!.items[0]!.n, body: 'x' })
  await turn()
  batches[0]!.fail(new Error('died'))
  await turn()
  t.same(
    answers.map(({ of, status }) => [of, status]),
    [
      [0, 200],
      [1, 0],
    ],
  )
  t.match(faults, [{ message: 'died' }])
  t.equal(shard.pending, 0)
  submit()
  await turn()
  t.equal(batches.length, 2)
})

t.test('a block that cannot be read: nobody is left without an answer', async (t) => {
  const { shard, submit, post, answers, faults } = await started(t)
  submit()
  await turn()
  post(new Uint8Array(3))
  await turn()
  t.match(answers, [{ of: 0, status: 0 }])
  t.match(faults, [RangeError])
  t.equal(shard.pending, 0)
})

t.test('the thread ended: also what had left its batch is answered', async (t) => {
  const { shard, submit, batches, answers, endThread } = await started(t)
  submit()
  await turn()
  batches[0]!.end()
  await turn()
  t.equal(shard.pending, 1, 'parked, waiting for something slow')
  endThread()
  await turn()
  await turn()
  t.match(answers, [{ of: 0, status: 0 }])
  t.equal(shard.pending, 0)
})

t.test(
  'who has not signed in takes an eighth of the places at most, and gives them back',
  async (t) => {
    const { submit, reply, batches } = await started(t, 16)
    const unauthenticated = () => ({ ...item(), claims: null })
    t.same(
      [submit(unauthenticated()), submit(unauthenticated()), submit(unauthenticated())],
      [true, true, false],
    )
    t.equal(submit(item()), true, 'others are let in')
    await turn()
    reply({ n: batches[0]!.items[0]!.n })
    await turn()
    t.equal(submit(unauthenticated()), true)
  },
)
