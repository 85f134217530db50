// A client that closes its sending half behind its request is answered, or nothing is done for it.
import t from 'tap'
import { countAnswers, openRaw, statusOf } from '../../../support/raw-socket.js'
import { until } from '../../../support/until.js'
import type { Respond } from '../../../../engine/front/http/request.js'
import { listening } from './listening.js'

const post = 'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}'
const answer = { status: 200, headers: {}, body: '{}' }

t.test('closed while it is carried out: answered', async (t) => {
  const waiting: Respond[] = []
  const { port } = await listening(t, (request, respond) =>
    request.readBody(() => {
      t.ok(request.carryOut())
      waiting.push(respond)
    }),
  )
  const raw = openRaw(port)
  raw.write(post)
  await until(() => waiting.length === 1)
  raw.socket.end()
  // Long enough for the end of its input to be there.
  const other = openRaw(port)
  other.write(post)
  await until(() => waiting.length === 2)
  for (const respond of waiting) respond(answer)
  t.equal(statusOf(await raw.closed), 200)
  t.equal(statusOf(await other.answer()), 200)
  other.write(post)
  await until(() => waiting.length === 3)
  waiting[2]!(answer)
  t.equal(statusOf(await other.answer()), 200, 'others go on with their connection')
  other.socket.destroy()
})

t.test('closed before: nothing is done', async (t) => {
  let gone = false
  let ask = (): boolean => true
  const { port } = await listening(t, (request) => {
    ask = () => request.carryOut()
    request.onAborted(() => (gone = true))
  })
  const raw = openRaw(port)
  raw.write(post)
  raw.socket.end()
  await until(() => gone)
  t.notOk(ask())
  t.equal(countAnswers(await raw.closed), 0)
})
