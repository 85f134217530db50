// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) by @noble/ciphers: node:crypto of Node 20 has none. The second suite:
// records of it open for ever, new ones are sealed with it only where it is chosen.
import { xchacha20poly1305 as noble } from '@noble/ciphers/chacha.js'
import { type KeyedAead, keyBytes, tagBytes } from './suite.js'

export const xchacha20poly1305 = (key: Buffer): KeyedAead => {
  if (key.length !== keyBytes) throw new RangeError('an XChaCha20-Poly1305 key has 32 bytes')
  return {
    seal: (nonce, plaintext, associatedData, into) => {
      if (into.length !== plaintext.length + tagBytes)
        throw new RangeError('wrong length of target')
      into.set(noble(key, nonce, associatedData).encrypt(plaintext))
    },
    // @noble checks the tag before it decrypts.
    open: (nonce, sealed, associatedData) => {
      const plaintext = noble(key, nonce, associatedData).decrypt(sealed)
      return Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.length)
    },
    wipe: () => undefined,
  }
}
