// The installation answers to its own names only, when they are configured.
import t from 'tap'
import { createHostCheck } from '../../../../engine/front/http/host.js'
import { openRaw, sendRaw, statusOf } from '../../../support/raw-socket.js'
import { listening, ok } from './listening.js'

t.test('names', async (t) => {
  const fits = createHostCheck(['rppam.corp.local', 'other:8443'])
  for (const host of [
    'rppam.corp.local',
    'RPPAM.corp.local:7101',
    'localhost:1',
    '127.0.0.1',
    '[::1]:7101',
    'other:8443',
  ])
    t.ok(fits(host), host)
  for (const host of [
    '',
    'evil.example',
    'rppam.corp.local.evil',
    'other:1',
    'other',
    'localhost.evil',
    '[::2]',
    'a b',
    'rppam.corp.local:',
  ])
    t.notOk(fits(host), host)
})

t.test('without a list every well-formed name', async (t) => {
  const fits = createHostCheck([])
  t.ok(fits('any.example:80'))
  t.notOk(fits('a/b'))
  t.notOk(fits('a,b'))
})

t.test('on the wire', async (t) => {
  const { port } = await listening(t, ok, { allowedHosts: ['rppam.corp.local'] })
  t.equal(statusOf(await sendRaw(port, 'GET /a HTTP/1.1\r\nHost: evil.example\r\n\r\n')), 400)
  const raw = openRaw(port)
  raw.write('GET /a HTTP/1.1\r\nHost: rppam.corp.local\r\n\r\n')
  t.equal(statusOf(await raw.answer()), 200)
  raw.socket.destroy()
})
