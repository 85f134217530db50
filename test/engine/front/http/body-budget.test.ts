// Many slow bodies at once do not fill the memory: over the budget they are refused.
import t from 'tap'
import { openRaw, statusOf } from '../../../support/raw-socket.js'
import { BodyBudget } from '../../../../engine/front/http/body.js'
import { listening } from './listening.js'

const KiB = 1024
const large = 128 * KiB
const [one, two, three] = ['192.0.2.0/24', '198.51.100.0/24', '2001:db8:0:0::/64'] as const

t.test('taken and given back', async (t) => {
  const budget = new BodyBudget(20)
  t.ok(budget.take(one, 6, 6))
  t.notOk(budget.take(one, 5, 5))
  budget.give(one, 6)
  t.ok(budget.take(one, 10, 10))
})

t.test('a network has half of what the others leave', async (t) => {
  const budget = new BodyBudget(4_000)
  for (const [network, share] of [
    [one, 2_000],
    [two, 1_000],
    [three, 500],
  ] as const) {
    t.notOk(budget.take(network, share + 1, KiB), network)
    t.ok(budget.take(network, share, KiB), network)
  }
  budget.give(two, 1_000)
  t.ok(budget.take(three, 250, KiB), 'and more when they go')
})

t.test('large ones leave room for small ones', async (t) => {
  const budget = new BodyBudget(4_000)
  t.ok(budget.take(one, 2_000, large))
  t.ok(budget.take(two, 1_000, large))
  t.notOk(budget.take(three, 1, large))
  t.ok(budget.take(three, 500, 64 * KiB))
})

t.test('over it: 503, and whole again when the bodies are gone', async (t) => {
  const limit = 1024
  const { port } = await listening(
    t,
    (request, respond) =>
      request.readBody(({ bytes }) => respond({ status: 200, headers: {}, body: bytes })),
    { bodyLimit: limit },
  )
  const head = `POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${limit}\r\n\r\n`
  const most = 'x'.repeat(limit - 1)
  const slow = Array.from({ length: 200 }, () => openRaw(port))
  for (const raw of slow) raw.write(head + most)
  const refused = await Promise.race(slow.map((raw) => raw.closed))
  t.equal(statusOf(refused), 503)
  for (const raw of slow) raw.socket.destroy()
  await Promise.all(slow.map((raw) => raw.closed))
  const after = openRaw(port)
  after.write(`${head}${most}`)
  after.socket.setNoDelay(true)
  setImmediate(() => after.write('x'))
  t.equal(statusOf(await after.answer()), 200)
  after.socket.destroy()
})
