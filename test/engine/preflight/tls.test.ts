// A pair of files that cannot be used stops the start with a line that names setting, file and reason, and quotes nothing.
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import t from 'tap'
import { checkTls } from '../../../engine/preflight/tls.js'

const one = await generate([{ name: 'commonName', value: 'localhost' }])
const other = await generate([{ name: 'commonName', value: 'localhost' }])
const encrypted = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'canary' },
}).privateKey
const damaged = (pem: string): string => pem.replace(/\n.{20}/, '\ncanary')

const refusal = (pair: { cert: string; key: string }): string => {
  try {
    checkTls(pair)
    return 'not refused'
  } catch (error) {
    return (error as Error).message
  }
}

const files = {
  'cert.pem': one.cert,
  'key.pem': one.private,
  'other.pem': other.private,
  'text.pem': 'canary',
  'encrypted.pem': encrypted,
  'damaged-cert.pem': damaged(one.cert),
  'damaged-key.pem': damaged(one.private),
  folder: {},
}

for (const [cert, key, expected] of [
  ['cert.pem', 'key.pem', /^not refused$/],
  ['cert.pem', 'other.pem', /^listen\.tls: .*cert\.pem and .*other\.pem do not belong together$/],
  ['text.pem', 'key.pem', /^listen\.tls\.cert: .*text\.pem holds no certificate in PEM form$/],
  ['cert.pem', 'text.pem', /^listen\.tls\.key: .*text\.pem holds no private key in PEM form$/],
  ['folder', 'key.pem', /^listen\.tls\.cert: .*folder cannot be read: it is a folder \(EISDIR\)$/],
  ['cert.pem', 'none', /^listen\.tls\.key: .*none cannot be read: it does not exist \(ENOENT\)$/],
  ['cert.pem', 'encrypted.pem', /^listen\.tls\.key: .* is encrypted: decrypt it/],
  ['damaged-cert.pem', 'key.pem', /^listen\.tls\.cert: the certificate in .* is damaged$/],
  ['cert.pem', 'damaged-key.pem', /^listen\.tls\.key: the key in .* is damaged$/],
  // Key and certificate in one file each are found in any order.
  ['cert.pem', 'cert.pem', /holds no private key/],
] as const)
  t.test(`${cert} with ${key}`, async (t) => {
    const folder = t.testdir(files)
    const message = refusal({ cert: join(folder, cert), key: join(folder, key) })
    t.match(message, expected)
    t.notMatch(message, /canary|\n/)
  })

const isRoot = process.geteuid?.() === 0
t.test('a key of somebody else', isRoot ? { skip: 'root may read everything' } : {}, async (t) => {
  const folder = t.testdir(files)
  const key = join(folder, 'key.pem')
  chmodSync(key, 0)
  t.match(refusal({ cert: join(folder, 'cert.pem'), key }), /permission denied \(EACCES\)/)
})
