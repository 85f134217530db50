// A large body waits for a slow reader, arrives unchanged, and is wiped only when its last byte has left.
import { createHash, randomBytes } from 'node:crypto'
import t from 'tap'
import { openRaw } from '../../../support/raw-socket.js'
import { listening } from './listening.js'

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

t.test('whole, then wiped', async (t) => {
  const body = randomBytes(12 * 1024 * 1024)
  const expected = digest(body)
  const { port } = await listening(t, (_request, respond) =>
    setImmediate(() => respond({ status: 200, headers: {}, body, wipe: true })),
  )
  const answer = await fetch(`http://127.0.0.1:${port}/a`)
  const read = new Uint8Array(await answer.arrayBuffer())
  t.equal(digest(read), expected)
  t.ok(body.every((byte) => byte === 0))
})

t.test('a reader that goes away in the middle', async (t) => {
  const body = randomBytes(12 * 1024 * 1024)
  const gone = new Promise<void>((resolve, reject) => {
    listening(t, (request, respond) => {
      request.onAborted(resolve)
      respond({ status: 200, headers: {}, body, wipe: true })
    }).then(({ port }) => {
      const raw = openRaw(port)
      raw.socket.once('data', () => raw.socket.destroy())
      raw.write('GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n')
    }, reject)
  })
  await gone
  t.ok(body.every((byte) => byte === 0))
})
