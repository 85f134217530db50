// What the parser of uWebSockets.js does not hand on reaches nobody. 20.57 answers most of it and closes; what it does not
// answer, as nearly all by 20.30, does not stay: the idle timeout ends the connection. So it does with bodies that never
// come, and connections that say nothing.
import t from 'tap'
import { isOlderBinding } from '../../../../engine/front/http/native.js'
import { openRaw, sendRaw, statusOf } from '../../../support/raw-socket.js'
import { listening } from './listening.js'

// Each waits for the idle timeout: side by side.
t.jobs = 3

const manyHeaders = Array.from({ length: 120 }, (_, i) => `h${i}: v\r\n`).join('')

/** Status of 20.57, and what is sent; 20.30 says nothing. */
const answered: Readonly<Record<string, readonly [status: number, bytes: string]>> = {
  'no host': [400, 'GET /a HTTP/1.1\r\nA: b\r\n\r\n'],
  'too many headers': [431, `GET /a HTTP/1.1\r\nHost: localhost\r\n${manyHeaders}\r\n`],
  'huge header': [431, `GET /a HTTP/1.1\r\nHost: localhost\r\nA: ${'a'.repeat(100_000)}`],
  'not HTTP': [505, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  'bare line feeds': [505, 'GET /a HTTP/1.1\nHost: localhost\n\n'],
  'folded header': [400, 'GET /a HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c\r\n\r\n'],
  'space before the colon': [
    400,
    'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length : 5\r\n\r\nhello',
  ],
  'NUL in a header': [400, 'GET /a HTTP/1.1\r\nHost: localhost\r\nA: b\0c\r\n\r\n'],
  'absolute target': [505, 'GET http://localhost/a HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  'asterisk target': [505, 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  'control in the target': [505, 'GET /a\x01b HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  'space in the target': [505, 'GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  'HTTP/1.0': [505, 'GET /a HTTP/1.0\r\nHost: localhost\r\n\r\n'],
  'HTTP/2 preface': [505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  'length and coding': [
    400,
    'POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  ],
  'unknown transfer coding': [
    400,
    'POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: identity\r\n\r\nhello',
  ],
  'obscured transfer coding': [
    400,
    'POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\nhello',
  ],
  'unknown method': [501, 'BREW /a HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  'method in lower case': [501, 'get /a HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  'negative length': [
    400,
    'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\nhello',
  ],
  'signed length': [400, 'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\nhello'],
  'endless length': [
    400,
    'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\nhello',
  ],
  'length with a tail': [
    400,
    'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5x\r\n\r\nhello',
  ],
}

const silent: Readonly<Record<string, string>> = {
  'half a head': 'GET /a HTTP/1.1\r\nHost: loc',
  nothing: '',
  'carriage return in a header': 'GET /a HTTP/1.1\r\nHost: localhost\r\nA: b\rc\r\n\r\n',
  'no version': 'GET /a\r\nHost: localhost\r\n\r\n',
}

t.test('reaches nobody, closed', { buffered: true }, async (t) => {
  let reached = 0
  const { port } = await listening(t, () => reached++)
  const all = Object.entries(answered).map(async ([name, [status, bytes]]) => {
    t.equal(statusOf(await sendRaw(port, bytes)), isOlderBinding() ? 0 : status, name)
  })
  const rest = Object.entries(silent).map(async ([name, bytes]) => {
    t.equal(await sendRaw(port, bytes), '', name)
  })
  await Promise.all([...all, ...rest])
  t.equal(reached, 0)
})

t.test('a body that stops', { buffered: true }, async (t) => {
  let aborted = 0
  let delivered = 0
  const { port } = await listening(t, (request) => {
    request.onAborted(() => aborted++)
    request.readBody(() => delivered++)
  })
  const head = 'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n'
  t.equal(await sendRaw(port, `${head}hello`), '')
  t.strictSame([aborted, delivered], [1, 0])
})

t.test('a connection that was answered and says no more', { buffered: true }, async (t) => {
  const { port } = await listening(t, (request, respond) => {
    respond({ status: 401, headers: {}, body: null })
    request.readBody(() => undefined)
  })
  const raw = openRaw(port)
  raw.write('POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n')
  setImmediate(() => raw.write('hello'))
  const answer = await raw.answer()
  t.equal(statusOf(answer), 401)
  const since = performance.now()
  t.equal(await raw.closed, '')
  const seconds = Number(/^keep-alive: timeout=(\d+)\r/im.exec(answer)?.[1])
  t.ok(performance.now() - since >= seconds * 1_000 - 250, 'not before the answer says')
})
