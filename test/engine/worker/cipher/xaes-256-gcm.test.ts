import { createDecipheriv } from 'node:crypto'
import t from 'tap'
import { xaes256gcm } from '../../../../engine/worker/cipher/xaes-256-gcm.js'
import { openWith, sealWith, suiteConformance } from '../../../suites/suite.js'
import { hex, readVectors } from '../../../vectors/read.js'

interface Vector {
  readonly key: string
  readonly nonce: string
  readonly plaintext: string
  readonly associatedData: string
  readonly sealed: string
  readonly derivedKey: string
}

suiteConformance(xaes256gcm)

t.test('matches the C2SP vectors, both values of the first bit of L', async (t) => {
  const { vectors } = readVectors<{ vectors: Vector[] }>('xaes-256-gcm')
  t.equal(vectors.length, 2)
  for (const each of vectors) {
    const [nonce, plaintext, data] = [each.nonce, each.plaintext, each.associatedData].map((text) =>
      Buffer.from(text),
    ) as [Buffer, Buffer, Buffer]
    const sealed = sealWith(xaes256gcm, hex(each.key), nonce, plaintext, data)
    t.equal(sealed.toString('hex'), each.sealed)
    t.same(openWith(xaes256gcm, hex(each.key), nonce, sealed, data), plaintext)
  }
})

t.test('node:crypto does AES-256-GCM as published', async (t) => {
  for (const each of readVectors<{ vectors: Vector[] }>('aes-256-gcm').vectors) {
    const sealed = hex(each.sealed)
    const decipher = createDecipheriv('aes-256-gcm', hex(each.key), hex(each.nonce), {
      authTagLength: 16,
    })
    decipher.setAAD(hex(each.associatedData)).setAuthTag(sealed.subarray(-16))
    const plaintext = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
    t.equal(plaintext.toString('hex'), each.plaintext)
  }
})

t.test('a wiped cipher throws', async (t) => {
  const aead = xaes256gcm(Buffer.alloc(32, 1))
  aead.wipe()
  t.throws(() => aead.seal(Buffer.alloc(24), Buffer.alloc(8), Buffer.alloc(0), Buffer.alloc(24)))
  t.throws(() => aead.open(Buffer.alloc(24), Buffer.alloc(24), Buffer.alloc(0), Buffer.alloc(8)))
})
