// What uWS neither answers nor hands on does not stay: its idle timeout ends the connection. So do bodies that never
// come, and connections that say nothing.
import t from 'tap'
import { openRaw, sendRaw } from '../../../support/raw-socket.js'
import { listening } from './listening.js'

// Each waits for the idle timeout: side by side.
t.jobs = 3

const manyHeaders = Array.from({ length: 60 }, (_, i) => `h${i}: v\r\n`).join('')

const cases: Readonly<Record<string, string>> = {
  'no host': 'GET /a HTTP/1.1\r\nA: b\r\n\r\n',
  'too many headers': `GET /a HTTP/1.1\r\nHost: localhost\r\n${manyHeaders}\r\n`,
  'huge header': `GET /a HTTP/1.1\r\nHost: localhost\r\nA: ${'a'.repeat(100_000)}`,
  'half a head': 'GET /a HTTP/1.1\r\nHost: loc',
  nothing: '',
  'not HTTP': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'bare line feeds': 'GET /a HTTP/1.1\nHost: localhost\n\n',
  'folded header': 'GET /a HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c\r\n\r\n',
  'space before the colon':
    'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length : 5\r\n\r\nhello',
  'NUL in a header': 'GET /a HTTP/1.1\r\nHost: localhost\r\nA: b\0c\r\n\r\n',
  'carriage return in a header': 'GET /a HTTP/1.1\r\nHost: localhost\r\nA: b\rc\r\n\r\n',
  'absolute target': 'GET http://localhost/a HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'asterisk target': 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'control in the target': 'GET /a\x01b HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'space in the target': 'GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'HTTP/2 preface': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'no version': 'GET /a\r\nHost: localhost\r\n\r\n',
  'length and coding':
    'POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'unknown transfer coding':
    'POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: identity\r\n\r\nhello',
  'obscured transfer coding':
    'POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\nhello',
  'unknown method': 'BREW /a HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'method in lower case': 'get /a HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'negative length': 'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\nhello',
  'signed length': 'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\nhello',
  'endless length':
    'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\nhello',
  'length with a tail': 'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5x\r\n\r\nhello',
}

t.test('no answer, closed', { buffered: true }, async (t) => {
  let reached = 0
  const { port } = await listening(t, () => reached++)
  const all = Object.entries(cases).map(async ([name, bytes]) => {
    t.equal(await sendRaw(port, bytes), '', name)
  })
  await Promise.all(all)
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
  t.match(await raw.answer(), /^HTTP\/1\.1 401 /)
  t.equal(await raw.closed, '')
})
