// Places are given in order, waits end at their deadline, idle holders give back, and only when it is of use.
import t from 'tap'
import { ConnectionBudget, type Place } from '../../../../../engine/worker/store/postgres/budget.js'

const handClock = () => {
  let time = 1_000
  return { now: () => time, pass: (ms: number) => (time += ms) }
}

const nobody = { giveBack: () => undefined }

t.test('as many places as it has; then in order of asking', async (t) => {
  const budget = new ConnectionBudget(2, handClock())
  const held = [await budget.acquire(nobody), await budget.acquire(nobody)]
  const order: string[] = []
  const waits = ['a', 'b', 'c'].map((name) =>
    budget.acquire(nobody).then((place) => {
      order.push(name)
      return place
    }),
  )
  t.equal(budget.waiting, 3)
  t.equal(budget.used, 2)
  held[1]!.release()
  held[1]!.release()
  const first = await waits[0]!
  t.same(order, ['a'], 'a second release gives nothing')
  held[0]!.release()
  first.release()
  await Promise.all(waits)
  t.same(order, ['a', 'b', 'c'])
  t.equal(budget.used, 2)
})

t.test('who comes when others wait already does not overtake them', async (t) => {
  const budget = new ConnectionBudget(1, handClock())
  const held = await budget.acquire(nobody)
  const early = budget.acquire(nobody)
  held.release()
  const late = budget.acquire(nobody)
  const place = await early
  t.equal(budget.waiting, 1)
  place.release()
  await t.resolves(late)
})

t.test('a wait ends at its deadline and takes no place later', async (t) => {
  const clock = handClock()
  const budget = new ConnectionBudget(1, clock, { waitMs: 500 })
  const held = await budget.acquire(nobody)
  const first = budget.acquire(nobody)
  clock.pass(300)
  const second = budget.acquire(nobody)
  clock.pass(199)
  budget.sweep()
  t.equal(budget.waiting, 2)
  clock.pass(1)
  budget.sweep()
  await t.rejects(first, { name: 'StoreError', code: 'unavailable' })
  held.release()
  await t.resolves(second)
  t.equal(budget.waiting, 0)
})

const holder = async (budget: ConnectionBudget, asked: string[], name: string): Promise<Place> =>
  budget.acquire({ giveBack: () => asked.push(name) })

t.test('who waits gets the place of the longest idle, who is asked once', async (t) => {
  const clock = handClock()
  const budget = new ConnectionBudget(3, clock)
  const asked: string[] = []
  const [a, b, busy] = [
    await holder(budget, asked, 'a'),
    await holder(budget, asked, 'b'),
    await holder(budget, asked, 'busy'),
  ]
  b.idle()
  clock.pass(10)
  a.idle()
  busy.busy()
  const first = budget.acquire(nobody)
  t.same(asked, ['b'])
  budget.sweep()
  t.same(asked, ['b'], 'one waits, one was asked')
  void budget.acquire(nobody)
  t.same(asked, ['b', 'a'])
  void budget.acquire(nobody)
  t.same(asked, ['b', 'a'], 'nobody asks the busy one')
  busy.idle()
  t.same(asked, ['b', 'a', 'busy'])
  b.release()
  await t.resolves(first)
})

t.test('nobody waits: an idle holder keeps its place for a while', async (t) => {
  const clock = handClock()
  const budget = new ConnectionBudget(2, clock, { idleMs: 1_000 })
  const asked: string[] = []
  const place = await holder(budget, asked, 'a')
  place.idle()
  clock.pass(600)
  place.busy()
  place.idle()
  clock.pass(600)
  budget.sweep()
  t.same(asked, [], 'it worked meanwhile')
  clock.pass(400)
  budget.sweep()
  t.same(asked, ['a'])
})

t.test('a busy holder is overdue only after its turn and while others wait', async (t) => {
  const clock = handClock()
  const budget = new ConnectionBudget(1, clock, { turnMs: 250 })
  const place = await budget.acquire(nobody)
  clock.pass(1_000)
  t.notOk(place.isOverdue, 'nobody waits')
  const wait = budget.acquire(nobody)
  t.ok(place.isOverdue)
  place.release()
  const next = await wait
  void budget.acquire(nobody)
  t.notOk(next.isOverdue, 'its turn has only begun')
  clock.pass(250)
  t.ok(next.isOverdue)
})

t.test('a budget without a place is refused', async (t) => {
  for (const max of [0, -1, 1.5, NaN])
    t.throws(() => new ConnectionBudget(max, handClock()), RangeError)
})
