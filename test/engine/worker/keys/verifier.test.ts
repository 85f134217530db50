import { createHmac } from 'node:crypto'
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { subkey } from '../cipher/reference.js'
import { unwrapKey } from '../../../../engine/worker/keys/wrapped-key.js'
import { freshTenant, open } from './fixture.js'

const id = newId()
const secret = Buffer.alloc(32, 7)

t.test('binds kind, tenant, id and secret', async (t) => {
  const tenant = freshTenant()
  const [acme, contoso] = [open(tenant), open(freshTenant())]
  const verifier = acme.verifier('refresh', id, secret)
  t.equal(verifier.length, 32)
  t.ok(acme.verify('refresh', id, secret, verifier))
  t.notOk(acme.verify('setup', id, secret, verifier))
  t.notOk(acme.verify('refresh', newId(), secret, verifier))
  t.notOk(acme.verify('refresh', id, Buffer.alloc(32, 8), verifier))
  t.notOk(contoso.verify('refresh', id, secret, verifier))
})

t.test('is HMAC-SHA-256 over length-prefixed parts under the verifier subkey', async (t) => {
  const { tenant, kek, kekKeyId, rows } = freshTenant()
  const row = rows[2]
  if (!row) return t.fail('no row')
  const identity = { level: 3, purpose: 3, tenant, version: 1 } as const
  const cek = unwrapKey({ key: kek.key, keyId: kekKeyId }, row, identity)
  const key = cek.use((bytes) => Buffer.from(subkey(bytes, 3, 'verifier')))
  const bytes = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex')
  const input = Buffer.concat(
    [Buffer.from('refresh'), bytes(tenant), bytes(id), secret].flatMap((part) => [
      Buffer.from([0, part.length]),
      part,
    ]),
  )
  const wanted = createHmac('sha256', key).update(input).digest()
  t.same(open({ tenant, kek, kekKeyId, rows }).verifier('refresh', id, secret), wanted)
})

t.test('anything but 32 equal bytes does not verify', async (t) => {
  const keys = open(freshTenant())
  const verifier = keys.verifier('refresh', id, secret)
  for (const other of [
    Buffer.alloc(0),
    Buffer.alloc(32),
    verifier.subarray(0, 31),
    verifier.subarray(0, 16),
    Buffer.concat([verifier, Buffer.alloc(1)]),
  ])
    t.notOk(keys.verify('refresh', id, secret, other))
})
