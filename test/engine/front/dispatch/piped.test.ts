// Promise: a worker's stream reaches the client as fast as that reads, whole or visibly cut.
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import t, { type Test } from 'tap'
import type { HttpHandler } from '../../../../engine/front/http/listener.js'
import { SlowReaders } from '../../../../engine/front/http/slow-readers.js'
import { pipeStream } from '../../../../engine/front/dispatch/piped.js'
import { sendStream } from '../../../../engine/worker/thread/stream.js'
import { openRaw } from '../../../support/raw-socket.js'
import { until } from '../../../support/until.js'
import { handClock } from '../auth/signing.js'
import { listening } from '../http/listening.js'

const piece = `${JSON.stringify({ text: 'x'.repeat(32_000) })}\n`

/** A listener that answers with a stream, its front's port closed when the answer is released, as the gateway does. */
const streaming = async (
  t: Test,
  send: (port: MessagePort) => void,
  readers?: SlowReaders,
): Promise<number> => {
  const answer: HttpHandler = (_request, respond) => {
    const { port1, port2 } = new MessageChannel()
    send(port1)
    respond({
      status: 200,
      headers: {},
      stream: (writer) => pipeStream(port2, writer),
      held: { release: () => port2.close() },
    })
  }
  const { port } = await listening(t, answer, readers ? { readers } : {})
  return port
}

async function* pieces(count: number, made = { count: 0 }): AsyncGenerator<string, void> {
  while (made.count < count) {
    made.count++
    yield piece
  }
}

t.test('whole', async (t) => {
  let sent: Promise<void> | null = null
  const port = await streaming(t, (to) => (sent = sendStream(to, pieces(200))))
  const answer = await fetch(`http://127.0.0.1:${port}/`)
  t.equal(await answer.text(), piece.repeat(200))
  await sent
})

t.test('empty', async (t) => {
  const port = await streaming(t, (to) => void sendStream(to, pieces(0)))
  const answer = await fetch(`http://127.0.0.1:${port}/`)
  t.equal(answer.status, 200)
  t.equal(await answer.text(), '')
})

t.test('a worker that gives up cuts it', async (t) => {
  async function* failing(): AsyncGenerator<string, void> {
    yield* pieces(3)
    throw new Error('suspended')
  }
  const port = await streaming(t, (to) => void sendStream(to, failing()).catch(() => undefined))
  const answer = await fetch(`http://127.0.0.1:${port}/`)
  await t.rejects(answer.text())
})

t.test('a thread that ends cuts it', async (t) => {
  const port = await streaming(t, (to) => {
    to.once('message', () => {
      to.postMessage(new TextEncoder().encode(piece))
      to.close()
    })
  })
  const answer = await fetch(`http://127.0.0.1:${port}/`)
  await t.rejects(answer.text())
})

/** A client that reads nothing, until the work for it has come to rest. */
const unread = async (t: Test) => {
  const clock = handClock()
  const readers = new SlowReaders(clock, 15_000)
  const made = { count: 0 }
  let ended: Promise<void> | null = null
  const send = (to: MessagePort): void => void (ended = sendStream(to, pieces(100_000, made)))
  const raw = openRaw(await streaming(t, send, readers))
  raw.socket.pause()
  raw.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  t.ok(await until(() => readers.waiting === 1))
  return { clock, readers, made, raw, ended: () => ended }
}

t.test('a client that does not read holds the work back, and ends it by going', async (t) => {
  const { made, raw, ended } = await unread(t)
  t.ok(made.count < 2_000, String(made.count))
  raw.socket.destroy()
  await ended()
  t.ok(made.count < 2_000)
})

t.test('one that does not read for too long is cut off', async (t) => {
  const { clock, readers, raw, ended } = await unread(t)
  for (let second = 0; second < 16; second++) {
    clock.seconds++
    readers.sweep()
  }
  await ended()
  raw.socket.resume()
  t.notMatch(await raw.closed, /\r\n0\r\n\r\n$/, 'without a clean end')
})
