// Answers have room as a whole and per tenant: whoever fills theirs waits, their neighbours do not.
import t from 'tap'
import {
  AnswerBudget,
  type HeldRoom,
  type Room,
} from '../../../../engine/front/admission/answer-budget.js'
import { type TenantId, newId } from '../../../../engine/ids.js'
import { handClock } from '../auth/signing.js'

const MiB = 1024 * 1024
const tenant = (): TenantId => newId() as TenantId
const served = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const setUp = (whole = 128 * MiB, perTenant = 32 * MiB) => {
  const clock = handClock()
  return { clock, budget: new AnswerBudget({ whole, perTenant, wait: 5_000, clock }) }
}

const answerOf = (answer: number): Room => ({ answer, body: 0 })

/** As many answers of this size as there is room for. */
const fill = (budget: AnswerBudget, owner: TenantId, bytes: number): HeldRoom[] => {
  const rooms: HeldRoom[] = []
  for (
    let room = budget.take(owner, answerOf(bytes));
    room;
    room = budget.take(owner, answerOf(bytes))
  )
    rooms.push(room)
  return rooms
}

t.test("a tenant's share, of which large answers leave a quarter to small ones", async (t) => {
  const { budget } = setUp()
  const owner = tenant()
  t.equal(fill(budget, owner, 4 * MiB).length, 6)
  t.equal(fill(budget, owner, MiB / 16).length, 128)
  t.equal(budget.held, 32 * MiB)
})

t.test('what has left is given back, once', async (t) => {
  const { budget } = setUp()
  const owner = tenant()
  const rooms = fill(budget, owner, 4 * MiB)
  rooms[0]!.release()
  rooms[0]!.release()
  t.equal(fill(budget, owner, 4 * MiB).length, 1)
  for (const room of rooms) room.release()
  t.equal(budget.held, 4 * MiB)
})

t.test('an answer takes what it does, once that is known', async (t) => {
  const { budget } = setUp()
  const owner = tenant()
  const rooms = fill(budget, owner, 4 * MiB)
  for (const room of rooms) room.resize(1_000)
  t.equal(budget.held, 6_000)
  rooms[0]!.resize(0)
  for (const room of rooms) room.release()
  t.equal(budget.held, 0)
})

t.test('ten tenants that fill their share leave room to the next', async (t) => {
  const { budget } = setUp()
  for (let i = 0; i < 10; i++) fill(budget, tenant(), MiB / 8)
  t.ok(fill(budget, tenant(), MiB / 8).length > 4)
})

t.test('never more than the whole', async (t) => {
  const { budget } = setUp()
  for (let i = 0; i < 2_000; i++) budget.take(tenant(), answerOf(MiB / 8))
  t.equal(budget.held, 128 * MiB)
  t.notOk(budget.take(tenant(), answerOf(1)))
})

t.test('one answer that is larger than its share is not refused for ever', async (t) => {
  const { budget } = setUp(8 * MiB, MiB)
  const owner = tenant()
  const room = budget.take(owner, answerOf(4 * MiB))
  t.ok(room)
  t.notOk(budget.take(owner, answerOf(4 * MiB)))
  room!.release()
  t.ok(budget.take(owner, answerOf(4 * MiB)))
})

t.test('who waits is served in the order of their coming, tenants in turn', async (t) => {
  const { budget } = setUp(8 * MiB, 4 * MiB)
  const [one, two, busy] = [tenant(), tenant(), tenant()]
  const held = [one, two, busy].map((owner) => budget.take(owner, answerOf(2 * MiB))!)
  const order: string[] = []
  const rooms: HeldRoom[] = []
  const wait = (owner: TenantId, name: string) =>
    budget.wait(owner, answerOf(2 * MiB), (room) => {
      order.push(name)
      rooms.push(room!)
    })
  for (const [owner, name] of [
    [one, 'one, first'],
    [one, 'one, second'],
    [two, 'two, first'],
  ] as const)
    t.ok(wait(owner, name))
  await served()
  t.same(order, [])
  t.notOk(budget.take(one, answerOf(1_000)), 'nobody overtakes those of the same tenant who wait')
  for (const room of held) room.release()
  await served()
  t.same(order.slice(0, 2), ['one, first', 'two, first'])
  for (const room of rooms.splice(0)) room.release()
  await served()
  t.equal(order[2], 'one, second')
})

t.test('who waits for too long is refused, and those who wait with them are not', async (t) => {
  const { budget, clock } = setUp()
  const owner = tenant()
  const rooms = fill(budget, owner, 4 * MiB)
  const turns: (HeldRoom | null)[] = []
  budget.wait(owner, answerOf(4 * MiB), (room) => turns.push(room))
  clock.seconds += 3
  budget.wait(owner, answerOf(4 * MiB), (room) => turns.push(room))
  clock.seconds += 2
  budget.sweep()
  t.same(turns, [null])
  for (const room of rooms) room.release()
  await served()
  t.equal(turns.length, 2)
  t.ok(turns[1])
})

t.test('no more wait than are worth waiting for', async (t) => {
  const { budget } = setUp()
  const owner = tenant()
  fill(budget, owner, MiB / 8)
  let waiting = 0
  while (waiting < 10_000 && budget.wait(owner, answerOf(1_000), () => undefined)) waiting++
  t.equal(waiting, 1024)
  t.ok(budget.take(tenant(), answerOf(1_000)))
})

t.test(
  'the bodies of who waits are counted, too: a tenant with many leaves room to others',
  async (t) => {
    const { budget } = setUp(8 * MiB, 2 * MiB)
    const [owner, other] = [tenant(), tenant()]
    const large = { answer: MiB / 8, body: MiB / 2 }
    while (budget.take(owner, large));
    const leaves: (() => boolean)[] = []
    for (;;) {
      const leave = budget.wait(owner, large, () => undefined)
      if (!leave) break
      leaves.push(leave)
    }
    t.equal(leaves.length, 4)
    t.ok(
      budget.wait(owner, answerOf(1_000), () => undefined),
      'who brings none waits on',
    )
    t.ok(budget.take(other, large))
    t.ok(leaves[1]!(), 'who goes away while waiting')
    t.notOk(leaves[1]!(), 'goes once')
    t.ok(
      budget.wait(owner, large, () => undefined),
      'and leaves the place to the next',
    )
  },
)

t.test('who went away gets no turn, and the next does', async (t) => {
  const { budget } = setUp()
  const owner = tenant()
  const rooms = fill(budget, owner, 4 * MiB)
  const turns: string[] = []
  const wait = (name: string) => budget.wait(owner, answerOf(4 * MiB), () => turns.push(name))
  const leave = wait('first')!
  wait('second')
  await served()
  t.ok(leave())
  rooms[0]!.release()
  await served()
  t.same(turns, ['second'])
})
