// A reader that takes nothing is cut off, and what it was sent is wiped and gives its room back; a slow one is not.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { type SlowAnswer, SlowReaders } from '../../../../engine/front/http/slow-readers.js'
import { openRaw } from '../../../support/raw-socket.js'
import { handClock } from '../auth/signing.js'
import { listening } from './listening.js'

const limit = 15_000
const MiB = 1024 * 1024

const setUp = async (t: Test, bytes = 16 * MiB) => {
  const clock = handClock()
  const readers = new SlowReaders(clock, limit)
  const body = randomBytes(bytes)
  let releases = 0
  const held = { release: () => void releases++ }
  let wait = (): void => undefined
  const answered = new Promise<void>((resolve) => (wait = resolve))
  const { port } = await listening(
    t,
    (_request, respond) => {
      respond({ status: 200, headers: {}, body, wipe: true, held })
      wait()
    },
    { readers },
  )
  const raw = openRaw(port)
  raw.socket.pause()
  raw.write('GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await answered
  /** Seconds pass, the sweeper comes by each of them. */
  const pass = (seconds: number): void => {
    for (let i = 0; i < seconds; i++) {
      clock.seconds++
      readers.sweep()
    }
  }
  return {
    raw,
    readers,
    body,
    pass,
    isWiped: () => body.every((byte) => byte === 0),
    releases: () => releases,
  }
}

t.test('that takes nothing: cut off after the limit, wiped, its room given back', async (t) => {
  const { raw, readers, pass, isWiped, releases } = await setUp(t)
  t.notOk(isWiped())
  let seconds = 0
  for (; readers.waiting > 0; seconds++) {
    pass(1)
    await new Promise((resolve) => setImmediate(resolve))
  }
  // The sockets' own buffers may grow for a while.
  t.ok(seconds >= limit / 1_000)
  t.ok(seconds < 100)
  t.ok(isWiped())
  t.equal(releases(), 1)
  raw.socket.resume()
  t.ok((await raw.closed).length < 16 * MiB)
})

t.test('that takes a little now and then: not cut off, gets all', async (t) => {
  const { raw, readers, pass, releases } = await setUp(t)
  let read = 0
  raw.socket.removeAllListeners('data')
  raw.socket.on('data', (piece) => (read += piece.length))
  raw.socket.pause()
  for (let i = 0; i < 3; i++) {
    pass(10)
    const before = read
    raw.socket.resume()
    while (read < before + 2 * MiB) await once(raw.socket, 'data')
    raw.socket.pause()
    pass(1)
  }
  t.equal(readers.waiting, 1)
  raw.socket.resume()
  while (read < 16 * MiB) await once(raw.socket, 'data')
  t.equal(readers.waiting, 0)
  t.equal(releases(), 1)
  raw.socket.destroy()
})

t.test('that goes away: its room is given back at once', async (t) => {
  const { raw, readers, isWiped, releases } = await setUp(t)
  raw.socket.destroy()
  while (readers.waiting > 0) await new Promise((resolve) => setImmediate(resolve))
  t.ok(isWiped())
  t.equal(releases(), 1)
})

t.test('a quick reader is never on the list', async (t) => {
  const { raw, readers, releases } = await setUp(t, 1000)
  t.equal(readers.waiting, 0)
  t.equal(releases(), 1)
  raw.socket.destroy()
})

t.test('each is looked at by itself', async (t) => {
  const clock = handClock()
  const readers = new SlowReaders(clock, limit)
  const cuts: string[] = []
  const answer = (name: string, taken: () => number): SlowAnswer => ({
    push: taken,
    cut: () => void cuts.push(name),
  })
  let taken = 0
  readers.add(
    answer('stuck', () => 0),
    0,
  )
  readers.add(
    answer('slow', () => taken++),
    0,
  )
  const pass = (seconds: number): void => {
    for (let i = 0; i < seconds; i++) {
      clock.seconds++
      readers.sweep()
    }
  }
  pass(14)
  t.same(cuts, [])
  pass(1)
  t.same(cuts, ['stuck'])
  pass(20)
  t.same(cuts, ['stuck'])
  t.equal(readers.waiting, 1)
})
