// Base64 (RFC 4648 §4) of one 32-byte key, from bytes to bytes: Node's own codec would make a string of it.

/** Characters of a key, its padding included. */
export const base64Bytes = 44
const keyBytes = 32
const padding = 0x3d
const alphabet = Buffer.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  'latin1',
)

export const encodeKey = (key: Buffer, target: Buffer, offset: number): void => {
  for (let i = 0; i < base64Bytes - 1; i++) {
    const bit = 6 * i
    const pair = ((key[bit >> 3] ?? 0) << 8) | (key[(bit >> 3) + 1] ?? 0)
    target[offset + i] = alphabet[(pair >> (10 - (bit & 7))) & 63] ?? padding
  }
  target[offset + base64Bytes - 1] = padding
}

/** The key in memory of its own, or null for anything that encodeKey would not have written. */
export const decodeKey = (text: Buffer): Buffer | null => {
  if (text.length !== base64Bytes || text[base64Bytes - 1] !== padding) return null
  const key = Buffer.alloc(keyBytes)
  let bits = 0
  for (let i = 0; i < base64Bytes - 1; i++) {
    const value = alphabet.indexOf(text[i] ?? 0)
    bits = (bits << 6) | (value & 63)
    const done = (6 * (i + 1)) >> 3
    if (done > (6 * i) >> 3) key[done - 1] = bits >> (6 * (i + 1) - 8 * done)
    bits &= 0xff
    if (value < 0) return wiped(key)
  }
  // 43 characters carry two bits more than the key: another text of the same key must not pass.
  return (bits & 3) === 0 ? key : wiped(key)
}

const wiped = (key: Buffer): null => {
  key.fill(0)
  return null
}
