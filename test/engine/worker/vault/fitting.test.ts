// A batch is found in order, as far as there is room, and little more than that is loaded.
import fc from 'fast-check'
import t from 'tap'
import { fitting } from '../../../../engine/worker/vault/fitting.js'

const finding = (sizes: readonly number[]) => {
  const state = { loaded: 0, most: 0, sum: 0 }
  let underWay = 0
  const find = async (at: number): Promise<number> => {
    state.loaded++
    state.most = Math.max(state.most, ++underWay)
    await Promise.resolve()
    underWay--
    state.sum += sizes[at]!
    return sizes[at]!
  }
  const indexes = sizes.map((_, at) => at)
  return {
    state,
    run: (room: number, first: number) => fitting(indexes, find, (found) => found, room, first),
  }
}

t.test('all, when there is room', async (t) => {
  const sizes = Array.from({ length: 100 }, () => 300)
  const { state, run } = finding(sizes)
  t.same(await run(4_000_000, 16), sizes)
  t.equal(state.loaded, 100)
  t.equal(state.most, 52, 'the second slice is twice the first, the third the rest')
})

t.test('ends where the room ends, and loads no more than a slice behind it', async (t) => {
  const { state, run } = finding(Array.from({ length: 100 }, () => 250_000))
  t.equal((await run(4_000_000, 16)).length, 16)
  t.ok(state.loaded <= 17)
})

t.test('the first, whatever its size', async (t) => {
  t.same(await finding([10, 1]).run(5, 1), [10])
  t.same(await finding([10]).run(-5, 1), [10])
})

t.test('small ones behind a large one do not overtake it', async (t) => {
  t.same(await finding([1, 10, 1]).run(5, 3), [1])
})

t.test('items that take nothing', async (t) => {
  t.equal((await finding(Array.from({ length: 100 }, () => 0)).run(10, 4)).length, 100)
})

t.test('always the longest beginning that fits', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(50), { minLength: 1, maxLength: 60 }),
      fc.nat(300),
      fc.integer({ min: 1, max: 20 }),
      async (sizes, room, first) => {
        const found = await finding(sizes).run(room, first)
        const sums = sizes.map((_, at) => sizes.slice(0, at + 1).reduce((a, b) => a + b, 0))
        const fits = sums.filter((sum) => sum <= room).length
        return found.length === Math.max(1, fits)
      },
    ),
  )
})
