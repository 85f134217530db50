// What could be read in two ways is refused: one answer, the connection closed, nothing behind it executed.
import t from 'tap'
import { isOlderBinding } from '../../../../engine/front/http/native.js'
import { bodyOf, countAnswers, sendRaw, statusOf } from '../../../support/raw-socket.js'
import { listening } from './listening.js'

const get = (target: string, headers = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`
const post = (headers: string, body = 'hello'): string =>
  `POST /a HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n${body}`
const twice = (name: string, one: string, two = one): string =>
  get('/a', `${name}: ${one}\r\n${name.toUpperCase()}: ${two}\r\n`)

/** Those that are answered otherwise than by 400 malformed_request. */
const others: Readonly<Record<string, readonly [status: number, code: string]>> = {
  'chunked body': [411, 'length_required'],
  'chunked body with a bad end': [411, 'length_required'],
  TRACE: [501, 'not_implemented'],
  'a head over 4 KiB': [431, 'headers_too_large'],
  'a target over 4 KiB': [431, 'headers_too_large'],
}

/** Those that the parser of uWebSockets.js 20.57 answers itself, in HTML; that of 20.30 leaves them to us. */
const ofParser = new Set(
  isOlderBinding() ? [] : ['two hosts', 'a head over 4 KiB', 'a target over 4 KiB'],
)

const cases: Readonly<Record<string, string | Buffer>> = {
  'chunked body': post('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n'),
  'chunked body with a bad end': post('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\nXX'),
  'two lengths that differ': post('Content-Length: 2\r\nContent-Length: 5\r\n'),
  'two equal lengths': post('Content-Length: 5\r\nContent-Length: 5\r\n'),
  'empty length': post('Content-Length:\r\n', ''),
  'two hosts': get('/a', 'Host: other\r\n'),
  'two authorizations': twice('Authorization', 'Bearer a', 'Bearer b'),
  'two content types': twice('Content-Type', 'application/json', 'text/plain'),
  'two if-matches': twice('If-Match', '"1"', '"2"'),
  'two idempotency keys': twice('Idempotency-Key', 'a'),
  'empty host': 'GET /a HTTP/1.1\r\nHost:\r\n\r\n',
  'host with a path': 'GET /a HTTP/1.1\r\nHost: localhost/x\r\n\r\n',
  'host with user information': 'GET /a HTTP/1.1\r\nHost: a@localhost\r\n\r\n',
  'dot segments': get('/api/v1/../admin'),
  'a dot segment at the end': get('/api/..'),
  'a single dot segment': get('/api/./v1'),
  'encoded dot segments': get('/api/%2e%2e/admin'),
  'half-encoded dot segments': get('/api/.%2E/admin'),
  'encoded dot': get('/api/v1%2ejson'),
  'encoded slash': get('/api%2fv1'),
  'encoded backslash': get('/api%5Cv1'),
  backslash: get('/api\\v1'),
  'encoded NUL': get('/api/%00'),
  'encoded line break': get('/api/%0d%0aX:y'),
  'encoded DEL': get('/api/%7F'),
  'encoded NUL in the query': get('/a?x=%00'),
  'malformed percent': get('/a%zz'),
  'cut percent': get('/a%2'),
  'malformed percent in the query': get('/a?x=%g0'),
  'encoded non-UTF-8': get('/a%ff%fe'),
  'overlong UTF-8': get('/a%c0%ae%c0%ae'),
  'encoded surrogate': get('/a%ed%a0%80'),
  'encoded non-UTF-8 in the query': get('/a?x=%ff'),
  'raw non-UTF-8': Buffer.concat([
    Buffer.from('GET /'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from(' HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  ]),
  'raw UTF-8 in the path': Buffer.from(get('/größe')),
  fragment: get('/a#b'),
  'fragment in the query': get('/a?x=1#b'),
  quote: get('/a"b'),
  'malformed, by HEAD': 'HEAD /a/../b HTTP/1.1\r\nHost: localhost\r\n\r\n',
  TRACE: 'TRACE /a HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'a head over 4 KiB': get('/a', `Cookie: ${'x'.repeat(4_200)}\r\n`),
  'a target over 4 KiB': get(`/${'a'.repeat(4_090)}`),
}

const smuggled = get('/smuggled')

t.test('refused', async (t) => {
  const seen: string[] = []
  const { port } = await listening(t, (request, respond) => {
    seen.push(request.path)
    respond({ status: 200, headers: {}, body: '{}' })
  })
  for (const [name, bytes] of Object.entries(cases)) {
    t.test(name, async (t) => {
      const text = await sendRaw(port, bytes)
      t.equal(countAnswers(text), 1, 'one answer')
      const [status, code] = others[name] ?? [400, 'malformed_request']
      t.equal(statusOf(text), status)
      t.match(text, /^connection: close/im)
      if (ofParser.has(name)) return t.notMatch(text, 'problem')
      if (name.endsWith('by HEAD')) return t.equal(bodyOf(text), '')
      t.match(text, /^content-type: application\/problem\+json/im)
      t.match(text, /^x-request-id: [0-9a-f-]{36}\r/im)
      const problem = JSON.parse(bodyOf(text)) as { readonly code: string; readonly detail: string }
      t.equal(problem.code, code)
      t.match(problem.detail, /^[A-Z].{20,}\.$/, 'with a sentence of its own')
    })
    t.test(`${name}, with a request behind it`, async (t) => {
      const text = await sendRaw(port, Buffer.concat([Buffer.from(bytes), Buffer.from(smuggled)]))
      t.ok(countAnswers(text) <= 1, 'at most one answer')
      t.notMatch(text, / 200 OK/)
    })
  }
  t.test('none of it reached the handler', async (t) => t.strictSame(seen, []))
})
