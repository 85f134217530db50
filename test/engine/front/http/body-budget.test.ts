// Many slow bodies at once do not fill the memory: over the budget they are refused.
import t from 'tap'
import { openRaw, statusOf } from '../../../support/raw-socket.js'
import { BodyBudget } from '../../../../engine/front/http/body.js'
import { listening } from './listening.js'

t.test('taken and given back', async (t) => {
  const budget = new BodyBudget(10)
  t.ok(budget.take(6, 6))
  t.notOk(budget.take(5, 5))
  budget.give(6)
  t.ok(budget.take(10, 10))
})

t.test('large ones leave room for small ones', async (t) => {
  const budget = new BodyBudget(4_000_000)
  t.ok(budget.take(3_000_000, 3_000_000))
  t.notOk(budget.take(1, 1_000_000))
  t.ok(budget.take(1_000_000, 64 * 1024))
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
