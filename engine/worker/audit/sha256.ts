// SHA-256 into memory that the caller has already: on this path Node's Buffer results cost three times the hash itself.
import { hash } from 'node:crypto'

export const digestBytes = 32

/** Writes the digest of `data`, of text its UTF-8, to target[offset, offset + 32); the two may overlap. */
export const sha256Into = (data: Uint8Array | string, target: Buffer, offset: number): void => {
  target.write(hash('sha256', data, 'binary'), offset, 'latin1')
}

export const sha256 = (data: Uint8Array | string): Buffer => {
  const digest = Buffer.allocUnsafe(digestBytes)
  sha256Into(data, digest, 0)
  return digest
}
