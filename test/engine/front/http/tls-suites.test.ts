// TLS 1.2 with forward secrecy and AEAD, or TLS 1.3: nothing older, no CBC, no RSA key exchange, no 3DES.
import { join } from 'node:path'
import { type ConnectionOptions, connect, getCiphers } from 'node:tls'
import { generate } from 'selfsigned'
import t, { type Test } from 'tap'
import { listening, ok } from './listening.js'

/** The suite agreed on, or null when the server ends the handshake. The client would take anything. */
const handshake = (port: number, options: ConnectionOptions): Promise<string | null> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options })
    socket.once('error', () => resolve(null))
    socket.once('secureConnect', () => {
      resolve(socket.getCipher().name)
      socket.destroy()
    })
  })

const served = async (t: Test, keyType: 'rsa' | 'ec'): Promise<number> => {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], { keyType })
  const place = t.testdir({ 'cert.pem': pems.cert, 'key.pem': pems.private })
  const tls = { certFile: join(place, 'cert.pem'), keyFile: join(place, 'key.pem') }
  return (await listening(t, ok, { tls })).port
}

const ofTls12 = getCiphers()
  .filter((name) => !name.startsWith('tls_'))
  .map((name) => name.toUpperCase())

const acceptedBy = async (port: number): Promise<string[]> => {
  const version = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const
  const answers = ofTls12.map((name) =>
    handshake(port, { ...version, ciphers: `${name}:@SECLEVEL=0` }),
  )
  return (await Promise.all(answers)).filter((name) => name !== null).sort()
}

for (const [keyType, name] of [
  ['rsa', 'RSA'],
  ['ec', 'ECDSA'],
] as const)
  t.test(`TLS 1.2 with a certificate of ${name}`, async (t) => {
    t.strictSame(await acceptedBy(await served(t, keyType)), [
      `ECDHE-${name}-AES128-GCM-SHA256`,
      `ECDHE-${name}-AES256-GCM-SHA384`,
      `ECDHE-${name}-CHACHA20-POLY1305`,
    ])
  })

t.test('other versions', async (t) => {
  const port = await served(t, 'rsa')
  const any = { ciphers: 'ALL:@SECLEVEL=0' }
  for (const version of ['TLSv1', 'TLSv1.1'] as const)
    t.equal(await handshake(port, { ...any, minVersion: version, maxVersion: version }), null)
  for (const ciphers of [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
  ])
    t.equal(await handshake(port, { ciphers, minVersion: 'TLSv1.3' }), ciphers)
})
