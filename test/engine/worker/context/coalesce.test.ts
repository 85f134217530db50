// Calls of the same moment share one piece of work; what goes wrong with it is everybody's, and only once.
import t from 'tap'
import { Coalescer } from '../../../../engine/worker/context/coalesce.js'

const recording = (max = 100) => {
  const works: number[][] = []
  const held: (() => void)[] = []
  const coalescer = new Coalescer<number, number>(
    async (keys) => {
      works.push([...keys])
      await new Promise<void>((resolve) => held.push(resolve))
      return keys.map((key) => key * 10)
    },
    { max },
  )
  /** Lets the work that runs end, and the next one begin. */
  const turn = async (): Promise<void> => {
    await new Promise(setImmediate)
    held.shift()?.()
    await new Promise(setImmediate)
  }
  return { coalescer, works, turn }
}

t.test('calls of one turn leave together, each with its own value', async (t) => {
  const { coalescer, works, turn } = recording()
  const all = Promise.all([coalescer.call(1), coalescer.call(2), coalescer.call(1)])
  await turn()
  t.same(await all, [10, 20, 10])
  t.same(works, [[1, 2, 1]])
})

t.test('what comes while work runs gathers, and never runs beside it', async (t) => {
  const { coalescer, works, turn } = recording()
  const first = coalescer.call(1)
  await new Promise(setImmediate)
  const later = [coalescer.call(2), coalescer.call(3)]
  await new Promise(setImmediate)
  t.same(works, [[1]], 'the second waits for the first')
  await turn()
  await turn()
  t.same(await Promise.all([first, ...later]), [10, 20, 30])
  t.same(works, [[1], [2, 3]])
})

t.test('no more keys at once than it may', async (t) => {
  const { coalescer, works, turn } = recording(2)
  const all = Promise.all([1, 2, 3, 4, 5].map((key) => coalescer.call(key)))
  for (let i = 0; i < 3; i++) await turn()
  t.same(await all, [10, 20, 30, 40, 50])
  t.same(works, [[1, 2], [3, 4], [5]])
})

t.test('a rejection is that of its own callers alone, and the next work runs', async (t) => {
  let attempts = 0
  const coalescer = new Coalescer<number, number>(
    async (keys) => {
      if (++attempts === 1) throw new Error('down')
      return keys
    },
    { max: 2 },
  )
  const results = await Promise.allSettled([1, 2, 3].map((key) => coalescer.call(key)))
  t.same(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'fulfilled'],
  )
  t.equal(await coalescer.call(4), 4)
})

t.test('work that throws at once rejects, too', async (t) => {
  const coalescer = new Coalescer<number, number>(
    () => {
      throw new Error('at once')
    },
    { max: 2 },
  )
  await t.rejects(coalescer.call(1), { message: 'at once' })
  await t.rejects(coalescer.call(1), { message: 'at once' }, 'and is not stuck')
})
