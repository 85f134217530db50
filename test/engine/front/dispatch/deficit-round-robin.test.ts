// Owners take turns by what their items cost; nothing is lost, doubled or overtaken within one owner.
import fc from 'fast-check'
import t from 'tap'
import { DeficitRoundRobin } from '../../../../engine/front/dispatch/deficit-round-robin.js'

interface Asked {
  readonly owner: string
  readonly n: number
}

const queueOf = (...asked: readonly (readonly [owner: string, cost: number])[]) => {
  const queue = new DeficitRoundRobin<Asked>()
  asked.forEach(([owner, cost], n) => queue.push(owner, { owner, n }, cost))
  return queue
}

const many = (owner: string, count: number, cost: number) =>
  Array.from({ length: count }, () => [owner, cost] as const)

t.test(
  'whoever comes late with little is not behind those who came before with much',
  async (t) => {
    const queue = queueOf(...many('greedy', 100, 10_000), ['modest', 100])
    const first = queue.take({ items: 256, cost: 16_000 })
    t.ok(first.some(({ owner }) => owner === 'modest'))
    t.equal(queue.length, 101 - first.length)
  },
)

t.test('a portion ends at its cost, or with one item that costs more', async (t) => {
  const queue = queueOf(...many('a', 10, 9_000))
  t.equal(queue.take({ items: 256, cost: 16_000 }).length, 2)
  t.equal(queue.take({ items: 256, cost: 1 }).length, 1)
  t.equal(queue.take({ items: 3, cost: 1_000_000 }).length, 3)
})

t.test('cheap items of one owner share a turn, and no turn lasts', async (t) => {
  const queue = queueOf(...many('a', 100, 100), ...many('b', 100, 100))
  const owners = queue.take({ items: 40, cost: 100_000 }).map(({ owner }) => owner)
  t.equal(owners.join(''), `${'a'.repeat(10)}${'b'.repeat(10)}`.repeat(2))
})

t.test('over a long time everybody gets the same cost through', async (t) => {
  const queue = queueOf(...many('few large', 100, 5_000), ...many('many small', 5_000, 100))
  const taken = new Map<string, number>()
  for (let i = 0; i < 20; i++)
    for (const { owner } of queue.take({ items: 256, cost: 16_000 }))
      taken.set(owner, (taken.get(owner) ?? 0) + (owner === 'few large' ? 5_000 : 100))
  const [one = 0, other = 0] = taken.values()
  t.ok(Math.abs(one - other) <= 10_000, `${one} and ${other}`)
})

t.test('everything leaves once, in its owner’s order', async () => {
  const asked = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(20_000)), {
    maxLength: 3_000,
  })
  fc.assert(
    fc.property(asked, fc.integer({ min: 1, max: 300 }), (all, items) => {
      const queue = queueOf(...all)
      const taken: Asked[] = []
      while (queue.length > 0) taken.push(...queue.take({ items, cost: 16_000 }))
      const inOrder = ['a', 'b', 'c'].every((owner) => {
        const numbers = taken.filter((one) => one.owner === owner).map(({ n }) => n)
        return numbers.every((n, i) => i === 0 || n > numbers[i - 1]!)
      })
      return taken.length === all.length && inOrder
    }),
    { numRuns: 30 },
  )
})
