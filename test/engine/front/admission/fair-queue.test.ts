// Everybody has a turn, level by level, and who has most gives way.
import fc from 'fast-check'
import t from 'tap'
import { FairQueue } from '../../../../engine/front/admission/fair-queue.js'

type Entry = readonly [path: readonly string[], item: string]

const filled = (...entries: readonly Entry[]): FairQueue<string> => {
  const queue = new FairQueue<string>()
  for (const [path, item] of entries) queue.push(path, item)
  return queue
}

const drained = <T>(queue: FairQueue<T>, take: 'shift' | 'pop' = 'shift'): T[] => {
  const taken: T[] = []
  while (queue.size > 0) taken.push(queue[take]() as T)
  return taken
}

t.test('one behind many has the second turn', async (t) => {
  const queue = filled(
    [['a', 'x'], 'a1'],
    [['a', 'x'], 'a2'],
    [['a', 'x'], 'a3'],
    [['b', 'x'], 'b1'],
  )
  t.strictSame(drained(queue), ['a1', 'b1', 'a2', 'a3'])
})

t.test('turns of the second level are within those of the first', async (t) => {
  const queue = filled(
    [['a', 'x'], 'ax'],
    [['a', 'y'], 'ay'],
    [['a', 'z'], 'az'],
    [['b', 'x'], 'b1'],
    [['b', 'x'], 'b2'],
  )
  t.strictSame(drained(queue), ['ax', 'b1', 'ay', 'b2', 'az'])
})

t.test('the newest of the longest gives way, at each level', async (t) => {
  const queue = filled(
    [['b', 'x'], 'b1'],
    [['a', 'x'], 'a1'],
    [['a', 'y'], 'a2'],
    [['a', 'y'], 'a3'],
    [['b', 'x'], 'b2'],
  )
  t.equal(queue.pop(), 'a3')
  queue.push(['b', 'x'], 'b3')
  t.equal(queue.pop(), 'b3')
  t.strictSame(drained(queue), ['b1', 'a1', 'b2', 'a2'])
})

t.test('of equals the last to come gives way', async (t) => {
  const entries = ['a', 'b', 'c'].map((name): Entry => [[name], name])
  t.strictSame(drained(filled(...entries), 'pop'), ['c', 'b', 'a'])
})

t.test('empty', async (t) => {
  const queue = new FairQueue<string>()
  t.strictSame([queue.size, queue.shift(), queue.pop(), queue.size], [0, undefined, undefined, 0])
})

const names = fc.constantFrom('a', 'b', 'c')
const paths = fc.array(fc.tuple(names, names), { maxLength: 40 })
const pathOf = ([first, second]: readonly [string, string]): string => `${first}/${second}`

t.test('what went in comes out, in order within a path', async () => {
  fc.assert(
    fc.property(paths, (all) => {
      const queue = new FairQueue<readonly [string, number]>()
      for (const [at, path] of all.entries()) queue.push(path, [pathOf(path), at])
      const out = drained(queue)
      const inOrder = out.every(([path, at], n) =>
        out.slice(n).every(([other, later]) => other !== path || later >= at),
      )
      return inOrder && new Set(out).size === all.length
    }),
  )
})

t.test('nobody waits for more turns than there are others', async () => {
  fc.assert(
    fc.property(paths, (all) => {
      const queue = new FairQueue<string>()
      for (const path of all) queue.push(path, '')
      queue.push(['new', 'x'], 'mine')
      return drained(queue).indexOf('mine') <= 3
    }),
  )
})
