// AES-256-GCM-SIV (RFC 8452) by @noble/ciphers, as keys are wrapped: `nonce 12 | key 32 | tag 16`. Misuse-resistant: a
// repeated nonce would tell no more than that the same key was wrapped twice.
import { gcmsiv } from '@noble/ciphers/aes.js'
import { IntegrityError } from '../cipher/record.js'
import { drawNonce } from '../cipher/random.js'
import { SecretKey } from './secret-key.js'

const nonceBytes = 12
export const wrapBytes = 60

export const sealKey = (wrapping: Buffer, key: SecretKey, associatedData: Buffer): Buffer => {
  const wrapped = Buffer.alloc(wrapBytes)
  drawNonce(wrapped, 0, nonceBytes)
  const cipher = gcmsiv(wrapping, wrapped.subarray(0, nonceBytes), associatedData)
  wrapped.set(
    key.use((bytes) => cipher.encrypt(bytes)),
    nonceBytes,
  )
  return wrapped
}

export const openKey = (wrapping: Buffer, wrapped: Buffer, associatedData: Buffer): SecretKey => {
  if (wrapped.length !== wrapBytes) throw new IntegrityError()
  const cipher = gcmsiv(wrapping, wrapped.subarray(0, nonceBytes), associatedData)
  try {
    return SecretKey.take(cipher.decrypt(wrapped.subarray(nonceBytes)))
  } catch {
    throw new IntegrityError()
  }
}
