import t from 'tap'
import { loadSodium } from '../../../../engine/native/sodium.js'
import { xchacha20poly1305 } from '../../../../engine/worker/cipher/xchacha20-poly1305.js'
import { sodiumXChaCha20Poly1305 } from '../../../../engine/worker/cipher/xchacha20-poly1305-sodium.js'
import { xchacha20Poly1305Conformance } from '../../../suites/xchacha20-poly1305.js'

const sodium = loadSodium()!
const open = sodiumXChaCha20Poly1305(sodium)
const [nonce, data] = [Buffer.alloc(24), Buffer.alloc(70)]

xchacha20Poly1305Conformance(open, 10_000)

t.test('it is what the engine uses where it loads', async (t) => {
  t.equal(xchacha20poly1305(Buffer.alloc(32)).constructor, open(Buffer.alloc(32)).constructor)
})

t.test('under a key whose memory was freed it throws', async (t) => {
  const memory = sodium.sodium_malloc(64)
  const aead = open(Buffer.from(memory, 32, 32))
  const sealed = Buffer.alloc(80)
  aead.seal(nonce, Buffer.alloc(64), data, sealed)
  sodium.sodium_free(memory)
  t.throws(() => aead.seal(nonce, Buffer.alloc(64), data, sealed), RangeError)
  t.throws(() => aead.open(nonce, sealed, data, Buffer.alloc(64)), RangeError)
})
