// What every answer carries, and what none does.
import t from 'tap'
import { bodyOf, openRaw } from '../../../support/raw-socket.js'
import type { HttpReply } from '../../../../engine/front/http/reply.js'
import { problem } from '../../../../engine/front/http/problem.js'
import { listening } from './listening.js'

const answerOf = async (
  t: Parameters<typeof listening>[0],
  reply: HttpReply,
  method = 'GET',
): Promise<string> => {
  const { port } = await listening(t, (_request, respond) => respond(reply))
  const raw = openRaw(port)
  raw.write(`${method} /a HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  const text = await raw.answer({ head: method === 'HEAD' })
  raw.socket.end()
  return text + (await raw.closed)
}

t.test('request id, no-store, nosniff, JSON by default, no mark of the server', async (t) => {
  const text = await answerOf(t, { status: 200, headers: {}, body: '{"a":1}' })
  t.match(text, /^HTTP\/1\.1 200 OK\r\n/)
  t.match(text, /^cache-control: no-store\r/im)
  t.match(text, /^keep-alive: timeout=(8|28)\r/im)
  t.match(text, /^x-content-type-options: nosniff\r/im)
  t.match(text, /^x-request-id: [0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}\r/im)
  t.match(text, /^content-type: application\/json\r/im)
  t.notMatch(text, /uwebsockets|^server:/im)
  t.equal(bodyOf(text), '{"a":1}')
})

t.test('own type, own headers, own status', async (t) => {
  const headers = { 'content-type': 'text/csv', etag: '"3"' }
  const text = await answerOf(t, { status: 201, headers, body: 'a' })
  t.match(text, /^HTTP\/1\.1 201 Created\r\n/)
  t.match(text, /^etag: "3"\r/im)
  t.strictSame(text.match(/^content-type: .*/gim), ['content-type: text/csv'])
})

t.test('a header that would split the answer is left out', async (t) => {
  const headers = { link: '<a>\r\nset-cookie: x', 'content-length': '0', location: '/b' }
  const text = await answerOf(t, { status: 200, headers, body: 'whole' })
  t.notMatch(text, /set-cookie/i)
  t.match(text, /^location: \/b\r/im)
  t.equal(bodyOf(text), 'whole')
})

t.test('HEAD has the length and no body', async (t) => {
  const text = await answerOf(t, { status: 200, headers: {}, body: 'whole' }, 'HEAD')
  t.match(text, /^content-length: 5\r/im)
  t.equal(bodyOf(text), '')
})

t.test('204 has neither body nor length', async (t) => {
  const text = await answerOf(t, { status: 204, headers: {}, body: null })
  t.match(text, /^HTTP\/1\.1 204 No Content\r\n/)
  t.notMatch(text, /^content-(length|type):/im)
})

t.test('a body of bytes is wiped when asked, after it was written', async (t) => {
  const body = Buffer.from('secret')
  t.equal(bodyOf(await answerOf(t, { status: 200, headers: {}, body, wipe: true })), 'secret')
  t.ok(body.equals(Buffer.alloc(6)))
  const kept = Buffer.from('kept')
  await answerOf(t, { status: 200, headers: {}, body: kept })
  t.equal(kept.toString(), 'kept')
})

t.test('a view of a shared buffer wipes its own bytes only', async (t) => {
  const shared = Buffer.from('onetwo')
  await answerOf(t, { status: 200, headers: {}, body: shared.subarray(0, 3), wipe: true })
  t.equal(shared.toString(), '\0\0\0two')
})

t.test('a problem', async (t) => {
  const id = '0192f0c1-1111-7000-8000-000000000001'
  const text = await answerOf(t, problem('unauthenticated', id, { detail: 'why' }))
  t.match(text, /^www-authenticate: Bearer\r/im)
  t.match(text, /^content-type: application\/problem\+json\r/im)
  t.strictSame(JSON.parse(bodyOf(text)), {
    type: 'urn:rppam:problem:unauthenticated',
    title: 'A valid access token is needed',
    status: 401,
    code: 'unauthenticated',
    detail: 'why',
    requestId: id,
  })
  t.match(problem('overloaded', id).headers, { 'retry-after': /^\d+$/ })
})

t.test('the second answer to a request does nothing', async (t) => {
  const { port } = await listening(t, (_request, respond) => {
    respond({ status: 200, headers: {}, body: 'first' })
    respond({ status: 200, headers: {}, body: 'second' })
  })
  const raw = openRaw(port)
  raw.write('GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  t.equal(bodyOf(await raw.closed), 'first')
})

t.test('a handler that throws answers 500 and no more', async (t) => {
  const { port } = await listening(t, () => {
    throw new Error('secret detail')
  })
  const answer = await fetch(`http://127.0.0.1:${port}/a`)
  t.equal(answer.status, 500)
  t.notMatch(await answer.text(), /secret detail/)
})
