// A stream honours back-pressure, arrives whole, and ends with the connection when it fails.
import t from 'tap'
import { openRaw } from '../../../support/raw-socket.js'
import type { ReplyWriter } from '../../../../engine/front/http/stream.js'
import { listening } from './listening.js'

const line = `${JSON.stringify({ text: 'x'.repeat(1000) })}\n`
const lines = 20_000

/** Writes as long as there is room; answers how often it had to wait. */
const writeAll = (writer: ReplyWriter, onEnd: (waits: number) => void): void => {
  let written = 0
  let waits = 0
  const go = (): void => {
    while (written < lines) {
      written++
      if (!writer.write(line)) {
        waits++
        return
      }
    }
    writer.end()
    onEnd(waits)
  }
  writer.onDrain(go)
  go()
}

t.test('whole, waiting for its reader', async (t) => {
  let waited = 0
  const { port } = await listening(t, (_request, respond) =>
    respond({
      status: 200,
      headers: {},
      stream: (writer) => writeAll(writer, (waits) => (waited = waits)),
    }),
  )
  const answer = await fetch(`http://127.0.0.1:${port}/export`)
  t.equal(answer.headers.get('content-type'), 'application/x-ndjson')
  t.equal(await answer.text(), line.repeat(lines))
  t.ok(waited > 0)
})

t.test('the reader goes away', async (t) => {
  const writer = await new Promise<ReplyWriter>((resolve, reject) => {
    listening(t, (request, respond) =>
      respond({
        status: 200,
        headers: {},
        stream: (given) => {
          request.onAborted(() => resolve(given))
          given.write(line)
        },
      }),
    ).then(({ port }) => {
      const raw = openRaw(port)
      raw.socket.once('data', () => raw.socket.destroy())
      raw.write('GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n')
    }, reject)
  })
  t.equal(writer.write(line), false)
  writer.end()
  writer.fail()
})

t.test('a stream that fails is cut, not ended', async (t) => {
  const { port } = await listening(t, (_request, respond) =>
    respond({
      status: 200,
      headers: {},
      stream: (writer) => {
        writer.write(line)
        setImmediate(() => writer.fail())
      },
    }),
  )
  const answer = await fetch(`http://127.0.0.1:${port}/export`)
  await t.rejects(answer.text())
})

t.test('HEAD begins no stream', async (t) => {
  const { port } = await listening(t, (_request, respond) =>
    respond({ status: 200, headers: {}, stream: () => t.fail('begun') }),
  )
  t.equal((await fetch(`http://127.0.0.1:${port}/export`, { method: 'HEAD' })).status, 200)
})
