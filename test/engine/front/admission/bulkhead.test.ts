// Few run, few wait, the rest give way; what fails makes room like what succeeds.
import t from 'tap'
import { Bulkhead } from '../../../../engine/front/admission/bulkhead.js'

/** Work that ends when told to. */
const held = () => {
  const ends: ((failure?: Error) => void)[] = []
  const work = (): Promise<string> =>
    new Promise((resolve, reject) =>
      ends.push((failure) => (failure ? reject(failure) : resolve('done'))),
    )
  return { ends, work }
}

t.test('few at once, the others in turn', async (t) => {
  const { ends, work } = held()
  const bulkhead = new Bulkhead({ atOnce: 2, waiting: 10 })
  const all = Array.from({ length: 5 }, () => bulkhead.run(['a'], work))
  t.strictSame([ends.length, bulkhead.waiting], [2, 3])
  for (let n = 0; n < 5; n++) {
    ends[n]?.()
    t.equal(await all[n], 'done')
    t.equal(ends.length, Math.min(5, n + 3), 'one that ends lets one in')
  }
  t.equal(bulkhead.waiting, 0)
})

t.test('a newcomer makes the one give way who has most there', async (t) => {
  const { ends, work } = held()
  const bulkhead = new Bulkhead({ atOnce: 1, waiting: 2 })
  const mine = Array.from({ length: 4 }, () => bulkhead.run(['many'], work))
  t.equal(await mine[3], 'full')
  const other = bulkhead.run(['one'], work)
  t.equal(await mine[2], 'full')
  t.equal(bulkhead.waiting, 2)
  for (let n = 0; n < 3; n++) {
    ends[n]?.()
    await new Promise(setImmediate)
  }
  t.strictSame(await Promise.all([mine[0], mine[1], other]), ['done', 'done', 'done'])
})

t.test('no room to wait: runs at once or is full', async (t) => {
  const { ends, work } = held()
  const bulkhead = new Bulkhead({ atOnce: 1, waiting: 0 })
  const first = bulkhead.run(['a'], work)
  t.equal(await bulkhead.run(['b'], work), 'full')
  ends[0]?.()
  t.equal(await first, 'done')
})

t.test('work that fails makes room', async (t) => {
  const { ends, work } = held()
  const bulkhead = new Bulkhead({ atOnce: 1, waiting: 1 })
  const failing = bulkhead.run(['a'], work)
  const next = bulkhead.run(['a'], work)
  ends[0]?.(new Error('no'))
  await t.rejects(failing, { message: 'no' })
  ends[1]?.()
  t.equal(await next, 'done')
})
