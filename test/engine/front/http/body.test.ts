// Bodies arrive whole, in a buffer of their own, never over the limit.
import t from 'tap'
import { bodyOf, openRaw, statusOf } from '../../../support/raw-socket.js'
import type { HttpHandler } from '../../../../engine/front/http/listener.js'
import { KiB, listening } from './listening.js'

const head = (length: number): string =>
  `POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`

/** Takes the body by transfer, as a worker does, and sends it back. */
const echo: HttpHandler = (request, respond) =>
  request.readBody(({ bytes: body }) => {
    const taken = body && structuredClone(body, { transfer: [body.buffer as ArrayBuffer] })
    const own = taken === null || taken.byteLength === taken.buffer.byteLength
    respond({ status: own ? 200 : 500, headers: {}, body: taken })
  })

t.test('in one piece', async (t) => {
  const raw = openRaw((await listening(t, echo)).port)
  raw.write(`${head(5)}hello`)
  t.equal(bodyOf(await raw.answer()), 'hello')
  raw.socket.destroy()
})

t.test('in many pieces, read before and after its end', async (t) => {
  const late: HttpHandler = (request, respond) => setImmediate(() => echo(request, respond))
  for (const handler of [echo, late]) {
    const raw = openRaw((await listening(t, handler)).port)
    const text = 'abcdefghij'.repeat(4000)
    raw.socket.setNoDelay(true)
    raw.write(head(text.length))
    for (let at = 0; at < text.length; at += 7000) {
      raw.write(text.slice(at, at + 7000))
      await new Promise((resolve) => setImmediate(resolve))
    }
    t.equal(bodyOf(await raw.answer()), text)
    raw.socket.destroy()
  }
})

t.test('none', async (t) => {
  const raw = openRaw((await listening(t, echo)).port)
  raw.write(head(0))
  t.equal(statusOf(await raw.answer()), 200)
  raw.socket.destroy()
})

t.test('on a connection that goes on', async (t) => {
  const raw = openRaw((await listening(t, echo)).port)
  for (const text of ['one', 'two two', 'three']) {
    raw.write(`${head(text.length)}${text}`)
    t.equal(bodyOf(await raw.answer()), text)
  }
  raw.socket.destroy()
})

t.test(
  'over the limit of the listener: refused by it, and the client reads its answer',
  async (t) => {
    const { port } = await listening(t, () => t.fail('handed on'))
    const raw = openRaw(port)
    raw.write(head(100 * KiB))
    raw.write('x'.repeat(100 * KiB))
    t.equal(statusOf(await raw.answer()), 413)
    raw.write(`${head(70 * KiB)}${'x'.repeat(70 * KiB)}`)
    t.equal(statusOf(await raw.answer()), 413, 'the connection goes on behind it')
    raw.socket.destroy()
  },
)

t.test('far over the limit: answered and closed without reading it', async (t) => {
  const { port } = await listening(t, () => t.fail('handed on'))
  const raw = openRaw(port)
  raw.write(head(10_000 * KiB))
  const text = await raw.closed
  t.equal(statusOf(text), 413)
  t.match(text, /^connection: close/im)
})
