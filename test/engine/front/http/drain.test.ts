// close() under load: every request that was taken is answered whole, later connections are refused.
import { Agent, request as httpRequest } from 'node:http'
import t from 'tap'
import { openRaw } from '../../../support/raw-socket.js'
import { listening } from './listening.js'

interface Outcome {
  readonly answered: number
  readonly cut: number
}

const once = (port: number, agent: Agent): Promise<{ body: string; close: boolean }> =>
  new Promise((resolve, reject) => {
    const request = httpRequest({ port, agent, path: '/a' }, (answer) => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => (body += piece))
      answer.on('end', () => resolve({ body, close: answer.headers.connection === 'close' }))
      answer.on('error', reject)
    })
    request.on('error', reject)
    request.end()
  })

/** One keep-alive client: asks until told to close. Anything but a whole answer is a cut. */
const client = async (port: number): Promise<Outcome> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let answered = 0
  try {
    for (;;) {
      const { body, close } = await once(port, agent)
      if (body !== 'whole') return { answered, cut: 1 }
      answered++
      if (close) return { answered, cut: 0 }
    }
  } catch {
    return { answered, cut: 1 }
  } finally {
    agent.destroy()
  }
}

t.test('no request is cut', async (t) => {
  let seen = 0
  let ready = (): void => undefined
  const loaded = new Promise<void>((resolve) => (ready = resolve))
  const listener = await listening(t, (_request, respond) => {
    if (++seen === 500) ready()
    setTimeout(() => respond({ status: 200, headers: {}, body: 'whole' }), 5)
  })
  const clients = Array.from({ length: 32 }, () => client(listener.port))
  await loaded
  const closed = listener.close(5000)
  const outcomes = await Promise.all(clients)
  await closed
  t.equal(
    outcomes.reduce((sum, { cut }) => sum + cut, 0),
    0,
  )
  t.equal(
    outcomes.reduce((sum, { answered }) => sum + answered, 0),
    seen,
  )
  await t.rejects(fetch(`http://127.0.0.1:${listener.port}/a`))
})

t.test('idle connections are closed at the end', async (t) => {
  const listener = await listening(t, (_request, respond) =>
    respond({ status: 200, headers: {}, body: '{}' }),
  )
  const raw = openRaw(listener.port)
  raw.write('GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await raw.answer()
  await listener.close(5000)
  t.equal(await raw.closed, '')
})

t.test('a request that is never answered is ended by grace', async (t) => {
  let aborted = 0
  let seen = (): void => undefined
  const arrived = new Promise<void>((resolve) => (seen = resolve))
  const listener = await listening(t, (request) => {
    request.onAborted(() => aborted++)
    seen()
  })
  const raw = openRaw(listener.port)
  raw.write('GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await arrived
  await listener.close(50)
  t.equal(await raw.closed, '')
  t.equal(aborted, 1)
  t.equal(await listener.close(50), undefined, 'twice is once')
})
