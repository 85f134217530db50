// What is too large, too deep or of too many parts for its operation is marked while it arrives, and not kept; the
// connection goes on behind it.
import t, { type Test } from 'tap'
import type { BodyLimits } from '../../../../engine/task/contract.js'
import type { ReceivedBody } from '../../../../engine/front/http/body.js'
import { openRaw, statusOf } from '../../../support/raw-socket.js'
import { listening } from './listening.js'

const limits: BodyLimits = { bytes: 1_000, depth: 5, tokens: 20 }

const received = async (t: Test, expected: BodyLimits | null, ...pieces: readonly string[]) => {
  const bodies: ReceivedBody[] = []
  const { port } = await listening(t, (request, respond) => {
    request.expectBody(expected)
    request.readBody(
      (body) => (bodies.push(body), respond({ status: 200, headers: {}, body: null })),
    )
  })
  const raw = openRaw(port)
  raw.socket.setNoDelay(true)
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  for (let again = 0; again < 2; again++) {
    raw.write(`POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`)
    for (const piece of pieces) {
      raw.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    t.equal(statusOf(await raw.answer()), 200)
  }
  raw.socket.destroy()
  t.same(bodies[0], bodies[1], 'the same behind it on the same connection')
  return bodies[0]!
}

t.test('within all limits: whole, with its measure', async (t) => {
  const { bytes, fault, tokens } = await received(t, limits, '{"a":[', '1,2]}')
  t.equal(Buffer.from(bytes!).toString(), '{"a":[1,2]}')
  t.same([fault, tokens], [null, 4])
})

t.test('too large by what was announced', async (t) => {
  t.match(await received(t, limits, '"', 'x'.repeat(1_000), '"'), {
    bytes: null,
    fault: 'payload_too_large',
  })
})

t.test('too many parts', async (t) => {
  t.match(await received(t, limits, '[0', ',0'.repeat(20), ']'), {
    bytes: null,
    fault: 'payload_too_large',
  })
})

t.test('nested too deep, in one piece or in several', async (t) => {
  const deep = { bytes: null, fault: 'malformed_body' }
  t.match(await received(t, limits, '['.repeat(6) + ']'.repeat(6)), deep)
  t.match(await received(t, limits, ...'['.repeat(6), ...']'.repeat(6)), deep)
})

t.test('of no use: not kept', async (t) => {
  t.same(await received(t, null, '{"a":', '1}'), { bytes: null, fault: null, tokens: 0 })
})
