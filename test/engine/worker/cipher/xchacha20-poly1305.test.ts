import t from 'tap'
import { xchacha20poly1305 } from '../../../../engine/worker/cipher/xchacha20-poly1305.js'
import { sealWith, suiteConformance } from '../../../suites/suite.js'
import { hex, readVectors } from '../../../vectors/read.js'

interface Vector {
  readonly key: string
  readonly nonce: string
  readonly plaintext: string
  readonly associatedData: string
  readonly sealed: string
}

suiteConformance(xchacha20poly1305)

t.test("matches the draft's vector and Wycheproof's", async (t) => {
  const { vectors } = readVectors<{ vectors: Vector[] }>('xchacha20-poly1305')
  for (const each of vectors) {
    const [key, nonce, data] = [hex(each.key), hex(each.nonce), hex(each.associatedData)]
    const sealed = sealWith(xchacha20poly1305, key, nonce, hex(each.plaintext), data)
    t.equal(sealed.toString('hex'), each.sealed)
    t.equal(
      xchacha20poly1305(key).open(nonce, hex(each.sealed), data).toString('hex'),
      each.plaintext,
    )
  }
})
