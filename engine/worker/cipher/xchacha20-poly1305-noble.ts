// XChaCha20-Poly1305 by @noble/ciphers: slower than libsodium's, and copies the key while it works.
import { xchacha20poly1305 as noble } from '@noble/ciphers/chacha.js'
import { type KeyedAead, keyBytes, requireLengths } from './suite.js'

export const nobleXChaCha20Poly1305 = (key: Buffer): KeyedAead => {
  if (key.length !== keyBytes) throw new RangeError('an XChaCha20-Poly1305 key has 32 bytes')
  return {
    seal: (nonce, plaintext, associatedData, into) => {
      requireLengths(plaintext, into)
      into.set(noble(key, nonce, associatedData).encrypt(plaintext))
    },
    // @noble checks the tag before it decrypts.
    open: (nonce, sealed, associatedData, into) => {
      requireLengths(into, sealed)
      const plaintext = noble(key, nonce, associatedData).decrypt(sealed)
      into.set(plaintext)
      plaintext.fill(0)
    },
    wipe: () => undefined,
  }
}
