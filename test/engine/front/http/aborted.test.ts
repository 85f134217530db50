// A client that goes away is told to the handler; answers given afterwards do nothing and are wiped.
import t from 'tap'
import { openRaw } from '../../../support/raw-socket.js'
import type { HttpRequest, Respond } from '../../../../engine/front/http/request.js'
import { listening, ok } from './listening.js'

const heard = async (
  t: Parameters<typeof listening>[0],
  bytes: string,
): Promise<{ request: HttpRequest; respond: Respond; bodies: number }> => {
  const state = { bodies: 0 }
  const gone = await new Promise<{ request: HttpRequest; respond: Respond }>((resolve, reject) => {
    listening(t, (request, respond) => {
      request.onAborted(() => resolve({ request, respond }))
      request.readBody(() => state.bodies++)
      raw?.socket.destroy()
    }).then(({ port }) => {
      raw = openRaw(port)
      raw.write(bytes)
    }, reject)
    let raw: ReturnType<typeof openRaw> | undefined
  })
  return { ...gone, ...state }
}

t.test('before the answer', async (t) => {
  const { respond } = await heard(t, 'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const body = Buffer.from('secret')
  respond({ status: 200, headers: {}, body, wipe: true })
  t.ok(body.equals(Buffer.alloc(6)))
  respond({ status: 200, headers: {}, stream: () => t.fail('a stream was begun') })
})

t.test('in the middle of the body', async (t) => {
  const { request, bodies, respond } = await heard(
    t,
    'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf',
  )
  t.equal(bodies, 0)
  request.readBody(() => t.fail('a body was delivered'))
  respond({ status: 200, headers: {}, body: '{}' })
})

t.test('the listener lives on', async (t) => {
  const { port } = await listening(t, ok)
  for (let i = 0; i < 50; i++) {
    const raw = openRaw(port)
    raw.write('GET /a HTTP/1.1\r\nHost: localhost\r\n')
    raw.socket.destroy()
    await raw.closed
  }
  t.equal((await fetch(`http://127.0.0.1:${port}/a`)).status, 200)
})
