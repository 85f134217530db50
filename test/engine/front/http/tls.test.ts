// TLS by certificate and key files; plain HTTP is not answered there.
import { request } from 'node:https'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import t from 'tap'
import { sendRaw } from '../../../support/raw-socket.js'
import { listening, ok } from './listening.js'

const secureGet = (port: number, ca: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ port, ca, host: '127.0.0.1', servername: 'localhost', path: '/a' }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode))
    })
      .on('error', reject)
      .end()
  })

t.test('answers over TLS only', async (t) => {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], { algorithm: 'sha256' })
  const place = t.testdir({ 'cert.pem': pems.cert, 'key.pem': pems.private })
  const tls = { certFile: join(place, 'cert.pem'), keyFile: join(place, 'key.pem') }
  const { port } = await listening(t, ok, { tls })
  t.equal(await secureGet(port, pems.cert), 200)
  t.notMatch(await sendRaw(port, 'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n'), /HTTP\/1\.1/)
})

t.test('files that are missing or no certificate stop the start', async (t) => {
  const place = t.testdir({ 'cert.pem': 'no certificate', 'key.pem': 'no key' })
  const at = (name: string): string => join(place, name)
  await t.rejects(listening(t, ok, { tls: { certFile: at('none'), keyFile: at('key.pem') } }))
  await t.rejects(listening(t, ok, { tls: { certFile: at('cert.pem'), keyFile: at('key.pem') } }))
})
