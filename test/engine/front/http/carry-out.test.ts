// A connection goes on behind a request that was carried out, whether it was answered at once or later.
import t from 'tap'
import { openRaw, statusOf } from '../../../support/raw-socket.js'
import { listening } from './listening.js'

const answer = { status: 200, headers: {}, body: '{}' }

t.test('a body that nobody waits for', async (t) => {
  const { port } = await listening(t, (request, respond) => {
    t.ok(request.carryOut())
    setImmediate(() => respond(answer))
  })
  const raw = openRaw(port)
  raw.socket.setNoDelay(true)
  for (const pieces of [['{}'], ['{', '}'], ['', '{}']]) {
    raw.write('POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n')
    for (const piece of pieces) {
      await new Promise((resolve) => setImmediate(resolve))
      if (piece !== '') raw.write(piece)
    }
    t.equal(statusOf(await raw.answer()), 200)
  }
  raw.socket.destroy()
})

for (const [when, later] of [
  ['at once', (act: () => void): void => act()],
  ['in a microtask', (act: () => void): void => queueMicrotask(act)],
  ['in a later turn', (act: () => void): void => void setImmediate(act)],
] as const)
  t.test(`answered ${when}`, async (t) => {
    const { port } = await listening(t, (request, respond) => {
      t.ok(request.carryOut())
      later(() => respond(answer))
    })
    const raw = openRaw(port)
    for (let i = 0; i < 3; i++) {
      raw.write('GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n')
      t.equal(statusOf(await raw.answer()), 200)
    }
    raw.socket.destroy()
  })
