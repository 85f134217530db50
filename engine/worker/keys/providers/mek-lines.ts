// The text form of MEKs: lines `rppam-mek-1 <keyId hex> <base64>`, the first is current (FORMATS §2). Read and written
// as bytes, so that no key becomes a string; one fixed shape and no other, so that a damaged file is told, not guessed.
import { commitOf, keyIdOf, mekIdentity } from '../identity.js'
import { SecretKey } from '../secret-key.js'
import type { WrappingKey } from '../wrapped-key.js'
import { base64Bytes, decodeKey, encodeKey } from './key-base64.js'

const prefix = Buffer.from('rppam-mek-1 ', 'latin1')
const keyIdDigits = 16
const keyOffset = prefix.length + keyIdDigits + 1
const lineBytes = keyOffset + base64Bytes
const newline = 0x0a
const maxLines = 64

/** Why MEKs cannot be used. Says the line, never what is in it. */
export class MekError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'MekError'
  }
}

export const mekOf = (key: SecretKey): WrappingKey => ({
  key,
  keyId: keyIdOf(key.use((bytes) => commitOf(bytes, mekIdentity))),
})

/** One line with its newline, in memory that the caller wipes. */
export const formatMek = ({ key, keyId }: WrappingKey): Buffer => {
  const line = Buffer.alloc(lineBytes + 1)
  prefix.copy(line)
  line.write(`${keyId.toString('hex')} `, prefix.length, 'latin1')
  key.use((bytes) => encodeKey(bytes, line, keyOffset))
  line[lineBytes] = newline
  return line
}

/** All MEKs of a text. Throws a MekError, and leaves no key, when any line is not exactly right. */
export const parseMeks = (text: Buffer): [WrappingKey, ...WrappingKey[]] => {
  const meks: WrappingKey[] = []
  try {
    for (const [i, line] of linesOf(text).entries()) meks.push(parseLine(line, i + 1, meks))
    const [first, ...rest] = meks
    if (!first) throw new MekError('there is no key')
    return [first, ...rest]
  } catch (error) {
    for (const { key } of meks) key.wipe()
    throw error
  }
}

// The last newline may be missing; anything else between lines makes them wrong.
const linesOf = (text: Buffer): Buffer[] => {
  const count = Math.ceil(text.length / (lineBytes + 1))
  if (count > maxLines) throw new MekError('there are too many lines')
  return Array.from({ length: count }, (_, i) => {
    const start = i * (lineBytes + 1)
    const line = text.subarray(start, start + lineBytes + 1)
    if (line.length > lineBytes && line[lineBytes] !== newline) throw malformed(i + 1)
    return line.subarray(0, lineBytes)
  })
}

const parseLine = (line: Buffer, number: number, before: readonly WrappingKey[]): WrappingKey => {
  if (line.length !== lineBytes || line.compare(prefix, 0, prefix.length, 0, prefix.length) !== 0)
    throw malformed(number)
  const key = line[keyOffset - 1] === 0x20 ? decodeKey(line.subarray(keyOffset)) : null
  if (!key) throw malformed(number)
  const mek = mekOf(SecretKey.adopt(key))
  const wrong =
    line.toString('latin1', prefix.length, prefix.length + keyIdDigits) !==
    mek.keyId.toString('hex')
  if (!wrong && !before.some(({ keyId }) => keyId.equals(mek.keyId))) return mek
  mek.key.wipe()
  throw wrong
    ? new MekError(`line ${number}: the key id does not belong to the key`)
    : new MekError(`line ${number}: the key is there twice`)
}

const malformed = (number: number): MekError =>
  new MekError(`line ${number} is not "rppam-mek-1 <keyId hex> <base64>"`)
