// Answers that nobody reads do not pile up behind a connection, in memory that nobody counts: while one waits for its
// reader no other is taken, however short.
import t from 'tap'
import { monotonicClock } from '../../../../engine/clock.js'
import { SlowReaders } from '../../../../engine/front/http/slow-readers.js'
import { openRaw } from '../../../support/raw-socket.js'
import { KiB, listening } from './listening.js'

const get = 'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n'

for (const [name, body] of [
  ['text', 'x'.repeat(10 * KiB)],
  ['bytes', Buffer.alloc(10 * KiB, 'x')],
  ['a few bytes', '{}'],
] as const)
  t.test(`pipelined, ${name}`, async (t) => {
    let answered = 0
    const readers = new SlowReaders(monotonicClock, 15_000)
    const { port } = await listening(
      t,
      (_request, respond) => {
        answered++
        respond({ status: 200, headers: {}, body })
      },
      { readers },
    )
    const raw = openRaw(port)
    raw.socket.pause()
    const many = get.repeat(20_000)
    let sent = 0
    const ended = raw.closed.then(() => true)
    const go = (): void => {
      while (!raw.socket.destroyed && sent < 100 && raw.socket.write(many)) sent++
      if (sent < 100) raw.socket.once('drain', go)
    }
    go()
    raw.socket.on('drain', () => sent++)
    // The next request behind an answer that waits ends the connection.
    t.ok(await ended)
    t.ok(answered < 100 * 20_000)
    t.equal(readers.waiting, 0)
  })

t.test('asked one by one, each answered before the next', async (t) => {
  const readers = new SlowReaders(monotonicClock, 15_000)
  const body = 'x'.repeat(60 * KiB)
  let answered = (): void => undefined
  const { port } = await listening(
    t,
    (_request, respond) =>
      setImmediate(() => {
        respond({ status: 200, headers: {}, body })
        answered()
      }),
    { readers },
  )
  const raw = openRaw(port)
  raw.socket.pause()
  for (let asked = 0; readers.waiting === 0 && asked < 2_000; asked++) {
    const done = new Promise<void>((resolve) => (answered = resolve))
    raw.write(get)
    await done
  }
  t.equal(readers.waiting, 1, 'the first that the sockets have no room for waits')
  raw.write(get)
  raw.socket.resume()
  await raw.closed
  t.equal(readers.waiting, 0)
})
