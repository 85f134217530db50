// Promise: a stream makes no piece that nobody asked for, and its port says how it ended.
import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import t, { type Test } from 'tap'
import { sendStream } from '../../../../engine/worker/thread/stream.js'

/** Pieces one to `last`; then it ends, or throws. */
const source = (last: number, fault: Error | null = null) => {
  const seen = { made: 0, isOver: false }
  async function* pieces(): AsyncGenerator<string, void> {
    try {
      while (seen.made < last) yield `piece ${++seen.made} ä€`
      if (fault) throw fault
    } finally {
      seen.isOver = true
    }
  }
  return { seen, pieces: pieces() }
}

const channel = (t: Test) => {
  const { port1, port2 } = new MessageChannel()
  t.teardown(() => port2.close())
  const received: (string | null)[] = []
  // Who listens to nothing does not hear the end either.
  port2.on('message', (piece: Uint8Array | null) =>
    received.push(piece && Buffer.from(piece).toString()),
  )
  const next = async (): Promise<string | null | undefined> => {
    const heard = once(port2, 'message')
    port2.postMessage('more')
    await heard
    return received.at(-1)
  }
  return { port1, port2, next, received }
}

t.test('piece by piece, as they are asked for', async (t) => {
  const { port1, port2, next } = channel(t)
  const { seen, pieces } = source(3)
  const sent = sendStream(port1, pieces)
  t.equal(seen.made, 0)
  t.equal(await next(), 'piece 1 ä€')
  t.equal(seen.made, 1)
  t.equal(await next(), 'piece 2 ä€')
  t.equal(await next(), 'piece 3 ä€')
  const closed = once(port2, 'close')
  t.equal(await next(), null, 'that was all')
  await Promise.all([sent, closed])
  t.ok(seen.isOver)
})

t.test('what is asked for ahead comes ahead', async (t) => {
  const { port1, port2, received } = channel(t)
  for (let i = 0; i < 3; i++) port2.postMessage('more')
  await Promise.all([sendStream(port1, source(2).pieces), once(port2, 'close')])
  t.same(received, ['piece 1 ä€', 'piece 2 ä€', null])
})

t.test('one that fails closes without an end', async (t) => {
  const { port1, port2, next, received } = channel(t)
  const fault = new Error('the log is gone')
  const sent = sendStream(port1, source(1, fault).pieces)
  await next()
  const closed = once(port2, 'close')
  port2.postMessage('more')
  await t.rejects(sent, fault)
  await closed
  t.same(received, ['piece 1 ä€'])
})

t.test('whoever reads goes away: nothing more is made', async (t) => {
  const { port1, port2, next } = channel(t)
  const { seen, pieces } = source(1_000_000)
  const sent = sendStream(port1, pieces)
  await next()
  port2.close()
  await sent
  t.same(seen, { made: 1, isOver: true })
})
