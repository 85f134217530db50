// Claim codes (FORMATS §8): `rpcl_`, then base32 (RFC 4648 §6, upper case, no padding) of `20 random bytes | CRC-32 4`.
// The provider holds a fast unsalted hash of one, so nothing shorter counts; the checksum tells a typing error before
// any look-up and protects nothing. One spelling: what is hashed is the text.
import { crc32 } from 'node:zlib'

const prefix = 'rpcl_'
const codeBytes = 20
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** 24 bytes in letters of 5 bits; the last letter has 3 bits to spare, which are zero. */
const pattern = /^rpcl_[A-Z2-7]{39}$/

const toBase32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = bits.match(/.{1,5}/g) ?? []
  return letters.map((letter) => alphabet[parseInt(letter.padEnd(5, '0'), 2)]).join('')
}

const fromBase32 = (text: string): Buffer => {
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'))
  const bytes = bits.join('').match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => parseInt(byte, 2)))
}

/** Of 20 random bytes. */
export const formatClaimCode = (random: Uint8Array): string => {
  const body = Buffer.alloc(codeBytes + 4)
  body.set(random)
  body.writeUInt32BE(crc32(body.subarray(0, codeBytes)), codeBytes)
  return prefix + toBase32(body)
}

/** Whether `text` has the form of a claim code, in its one spelling. */
export const isClaimCode = (text: string): boolean =>
  pattern.test(text) &&
  formatClaimCode(fromBase32(text.slice(prefix.length)).subarray(0, codeBytes)) === text
