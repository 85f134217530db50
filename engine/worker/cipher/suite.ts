// What a cipher suite is to the record format: an AEAD with 24-byte nonces and 16-byte tags under one fixed key.
// Implementations pass test/suites/suite.ts. Associated data is never optional.

export const nonceBytes = 24
export const tagBytes = 16
export const keyBytes = 32

export interface Aead {
  /** Writes ciphertext and tag into `into`, which is as long as the plaintext and the tag. */
  seal(nonce: Buffer, plaintext: Buffer, associatedData: Buffer, into: Buffer): void
  /** Writes the plaintext into `into`, as long as it. Throws when anything is wrong, and then leaves none of it there. */
  open(nonce: Buffer, sealed: Buffer, associatedData: Buffer, into: Buffer): void
}

/** An AEAD and the memory that its key takes. */
export interface KeyedAead extends Aead {
  /** Wipes what was derived from the key; the key's own bytes are the caller's. */
  wipe(): void
}

/** Throws a RangeError unless `sealed` is as much longer than `plaintext` as a tag is. */
export const requireLengths = (plaintext: Buffer, sealed: Buffer): void => {
  if (sealed.length !== plaintext.length + tagBytes) throw new RangeError('wrong length of target')
}

/** Keeps `key` by reference: it must stay unwiped as long as the AEAD is used. */
export type OpenSuite = (key: Buffer) => KeyedAead
