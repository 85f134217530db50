// The answers of one turn leave as one message whose bytes moved; each body is where its head says.
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { BlockReader, type ReadReply } from '../../../../engine/task/reply-block.js'
import { ReplyWriter } from '../../../../engine/worker/thread/replies.js'
import { settled } from '../context/open-tenants-fixture.js'

const sending = (t: Test) => {
  const { port1, port2 } = new MessageChannel()
  t.teardown(() => port1.close())
  const writer = new ReplyWriter(port1)
  const reader = new BlockReader()
  const received = async (): Promise<ReadReply[][]> => {
    await settled()
    const found: ReadReply[][] = []
    for (let next = receiveMessageOnPort(port2); next; next = receiveMessageOnPort(port2))
      found.push(reader.read(next.message as Uint8Array))
    return found
  }
  return { writer, received }
}

const bodies = (replies: readonly ReadReply[]): string[] =>
  replies.map(({ body }) => Buffer.from(body ?? []).toString())

t.test('one message a turn', async (t) => {
  const { writer, received } = sending(t)
  writer.send(1, 200, { a: 'b' }, '{"x":"ä"}')
  writer.send(2, 204, {}, null)
  writer.send(3, 404, {}, '€')
  const [first, ...others] = await received()
  t.same(others, [])
  t.same(bodies(first!), ['{"x":"ä"}', '', '€'])
  t.match(first, [
    { n: 1, status: 200, headers: { a: 'b' } },
    { n: 2, status: 204, headers: {}, body: null },
    { n: 3, status: 404 },
  ])
  writer.send(4, 200, {}, 'later')
  t.same((await received()).map(bodies), [['later']])
})

t.test('bodies are in a buffer of their own, not in a pool that others read', async (t) => {
  const { writer, received } = sending(t)
  writer.send(1, 200, {}, 'secret')
  const [[{ body } = { body: null }] = []] = await received()
  t.ok(body!.buffer.byteLength < 64)
})

t.test('a large answer leaves in a buffer that no other shares', async (t) => {
  const { writer, received } = sending(t)
  const large = 'x'.repeat(70_000)
  writer.send(1, 200, {}, 'small')
  writer.send(2, 200, {}, large)
  writer.send(3, 204, {}, null)
  writer.send(4, 200, {}, large)
  t.same((await received()).map(bodies), [['small', ''], [large], [large]])
})

t.test('answers without any body, again and again', async (t) => {
  const { writer, received } = sending(t)
  for (const n of [1, 2, 3]) {
    writer.send(n, 204, {}, null)
    t.match(await received(), [[{ n, body: null }]])
  }
})

t.test('any texts, however many bytes their characters have', async (t) => {
  const { writer, received } = sending(t)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), async (texts) => {
      texts.forEach((text, n) => writer.send(n, 200, {}, text))
      const [message] = await received()
      return bodies(message!).every((body, n) => body === texts[n])
    }),
    { numRuns: 50 },
  )
})
