// Pipelined requests: answered in order when answers are ready at once; else the connection ends, and nothing is
// answered in another's place.
import t from 'tap'
import { countAnswers, openRaw, sendRaw } from '../../../support/raw-socket.js'
import { listening } from './listening.js'

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`

t.test('answered at once: in order', async (t) => {
  const { port } = await listening(t, ({ path }, respond) =>
    respond({ status: 200, headers: {}, body: path }),
  )
  const raw = openRaw(port)
  raw.write(get('/one') + get('/two'))
  t.match(await raw.answer(), /\/one$/)
  t.match(await raw.answer(), /\/two$/)
  raw.socket.destroy()
})

t.test('answered later: the first is aborted, its answer goes nowhere', async (t) => {
  let aborted = 0
  const paths: string[] = []
  const { port } = await listening(t, (request, respond) => {
    paths.push(request.path)
    request.onAborted(() => aborted++)
    setImmediate(() => respond({ status: 200, headers: {}, body: '{}' }))
  })
  const text = await sendRaw(port, get('/one') + get('/two'))
  t.equal(countAnswers(text), 0)
  t.strictSame([paths, aborted], [['/one'], 1])
})
