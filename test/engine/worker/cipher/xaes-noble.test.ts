import fc from 'fast-check'
import t from 'tap'
import { xaes256gcm } from '../../../../engine/worker/cipher/xaes-256-gcm.js'
import { sealWith } from '../../../suites/suite.js'
import { readVectors } from '../../../vectors/read.js'
import { xaesDerive, xaesSeal } from './reference.js'

const bytes = (minLength: number, maxLength = minLength): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array))

t.test('the reference derives the published message keys', async (t) => {
  interface Vector {
    readonly key: string
    readonly nonce: string
    readonly derivedKey: string
  }
  for (const each of readVectors<{ vectors: Vector[] }>('xaes-256-gcm').vectors) {
    const derived = xaesDerive(Buffer.from(each.key, 'hex'), Buffer.from(each.nonce))
    t.equal(Buffer.from(derived).toString('hex'), each.derivedKey)
  }
})

t.test('seals byte for byte as a build of @noble alone does', async () => {
  fc.assert(
    fc.property(bytes(32), bytes(24), bytes(0, 400), bytes(0, 100), (key, nonce, text, data) =>
      sealWith(xaes256gcm, key, nonce, text, data).equals(xaesSeal(key, nonce, text, data)),
    ),
  )
})
