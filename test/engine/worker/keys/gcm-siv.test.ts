import { gcmsiv } from '@noble/ciphers/aes.js'
import t from 'tap'
import { hex, readVectors } from '../../../vectors/read.js'

interface Vector {
  readonly key: string
  readonly nonce: string
  readonly plaintext: string
  readonly associatedData: string
  readonly sealed: string
}

t.test('the wrapping cipher matches RFC 8452, counter wraps included', async (t) => {
  for (const each of readVectors<{ vectors: Vector[] }>('aes-256-gcm-siv').vectors) {
    const cipher = gcmsiv(hex(each.key), hex(each.nonce), hex(each.associatedData))
    t.equal(Buffer.from(cipher.encrypt(hex(each.plaintext))).toString('hex'), each.sealed)
    t.equal(Buffer.from(cipher.decrypt(hex(each.sealed))).toString('hex'), each.plaintext)
  }
})
