// XChaCha20-Poly1305 by libsodium, which reads the key where it lies. Its binding checks no length: everything that is
// handed to it is measured here first, the key at each call, because memory that was freed has none.
import type { Sodium } from '../../native/sodium.js'
import { type KeyedAead, keyBytes, nonceBytes, type OpenSuite, requireLengths } from './suite.js'

export const sodiumXChaCha20Poly1305 =
  (sodium: Sodium): OpenSuite =>
  (key) =>
    new SodiumXChaCha20Poly1305(sodium, key)

class SodiumXChaCha20Poly1305 implements KeyedAead {
  readonly #sodium: Sodium
  readonly #key: Buffer

  constructor(sodium: Sodium, key: Buffer) {
    this.#sodium = sodium
    this.#key = key
    this.#requireKey()
  }

  seal(nonce: Buffer, plaintext: Buffer, associatedData: Buffer, into: Buffer): void {
    this.#require(nonce, plaintext, into)
    const encrypt = this.#sodium.crypto_aead_xchacha20poly1305_ietf_encrypt
    if (encrypt(into, plaintext, associatedData, nonce, this.#key) !== into.length)
      throw new Error('libsodium did not seal')
  }

  open(nonce: Buffer, sealed: Buffer, associatedData: Buffer, into: Buffer): void {
    this.#require(nonce, into, sealed)
    const decrypt = this.#sodium.crypto_aead_xchacha20poly1305_ietf_decrypt
    if (decrypt(into, sealed, associatedData, nonce, this.#key) !== into.length)
      throw new Error('does not open')
  }

  /** Nothing is derived from the key. */
  wipe(): void {}

  #require(nonce: Buffer, plaintext: Buffer, sealed: Buffer): void {
    if (nonce.length !== nonceBytes)
      throw new RangeError('an XChaCha20-Poly1305 nonce has 24 bytes')
    requireLengths(plaintext, sealed)
    this.#requireKey()
  }

  #requireKey(): void {
    if (this.#key.length !== keyBytes)
      throw new RangeError('an XChaCha20-Poly1305 key has 32 bytes')
  }
}
