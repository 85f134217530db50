// XAES-256-GCM (https://c2sp.org/XAES-256-GCM): AES-256-GCM under a key derived from the long-lived key and the first
// half of a 192-bit nonce, so that random nonces never wear out. All AES is node:crypto's, constant time; the tag length
// is said explicitly, because Node 20 otherwise accepts tags of 4, 8 and 12 bytes.
import { type Cipher, createCipheriv, createDecipheriv } from 'node:crypto'
import { type KeyedAead, keyBytes, nonceBytes, requireLengths, tagBytes } from './suite.js'

const gcm = 'aes-256-gcm'
const tagLength = { authTagLength: tagBytes } as const
const blockBytes = 16
/** Bytes of the nonce that go into key derivation; the rest is GCM's own nonce. */
const contextBytes = 12

export const xaes256gcm = (key: Buffer): KeyedAead => new Xaes256Gcm(key)

class Xaes256Gcm implements KeyedAead {
  // One AES-ECB object per key: making one costs more than the derivation itself (DESIGN).
  readonly #aes: Cipher
  readonly #k1 = Buffer.alloc(blockBytes)
  // M1 ⊕ K1 and M2 ⊕ K1 of the specification; their first four bytes never change.
  readonly #blocks = Buffer.alloc(2 * blockBytes)

  constructor(key: Buffer) {
    if (key.length !== keyBytes) throw new RangeError('an XAES-256-GCM key has 32 bytes')
    this.#aes = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false)
    this.#deriveK1()
    for (const counter of [1, 2]) this.#prepareBlock(counter)
  }

  seal(nonce: Buffer, plaintext: Buffer, associatedData: Buffer, into: Buffer): void {
    requireLengths(plaintext, into)
    const key = this.#messageKey(nonce)
    try {
      const cipher = createCipheriv(gcm, key, nonce.subarray(contextBytes), tagLength)
      cipher.setAAD(associatedData)
      cipher.update(plaintext).copy(into)
      cipher.final()
      cipher.getAuthTag().copy(into, plaintext.length)
    } finally {
      key.fill(0)
    }
  }

  open(nonce: Buffer, sealed: Buffer, associatedData: Buffer, into: Buffer): void {
    requireLengths(into, sealed)
    const key = this.#messageKey(nonce)
    let plaintext: Buffer | undefined
    try {
      const decipher = createDecipheriv(gcm, key, nonce.subarray(contextBytes), tagLength)
      decipher.setAAD(associatedData)
      decipher.setAuthTag(sealed.subarray(into.length))
      plaintext = decipher.update(sealed.subarray(0, into.length))
      decipher.final()
      plaintext.copy(into)
    } finally {
      plaintext?.fill(0)
      key.fill(0)
    }
  }

  /** final() makes OpenSSL cleanse and free the expanded key; update() throws from then on. */
  wipe(): void {
    this.#aes.final()
    this.#k1.fill(0)
    this.#blocks.fill(0)
  }

  // K1 of CMAC (NIST SP 800-38B §6.1): E(0) doubled in GF(2^128), without a branch on secret bits.
  #deriveK1(): void {
    const l = this.#aes.update(this.#k1)
    for (let i = 0; i < blockBytes; i++) this.#k1[i] = ((l[i] ?? 0) << 1) | ((l[i + 1] ?? 0) >> 7)
    this.#k1[blockBytes - 1] = (this.#k1[blockBytes - 1] ?? 0) ^ (0x87 & -((l[0] ?? 0) >> 7))
    l.fill(0)
  }

  #prepareBlock(counter: number): void {
    const prefix = [0, counter, 0x58, 0]
    prefix.forEach((byte, i) => {
      this.#blocks[(counter - 1) * blockBytes + i] = byte ^ (this.#k1[i] ?? 0)
    })
  }

  #messageKey(nonce: Buffer): Buffer {
    if (nonce.length !== nonceBytes) throw new RangeError('an XAES-256-GCM nonce has 24 bytes')
    const blocks = this.#blocks
    for (let i = 0; i < contextBytes; i++) {
      const byte = (nonce[i] as number) ^ (this.#k1[i + 4] as number)
      blocks[i + 4] = byte
      blocks[i + 4 + blockBytes] = byte
    }
    return this.#aes.update(blocks)
  }
}
