// MEKs handed in as text, where the platform gives secrets by environment. The text is read by engine/config.ts, which
// removes it from process.env; here it becomes keys and is not kept.
import { SecretKey } from '../secret-key.js'
import { base64Bytes, decodeKey } from './key-base64.js'
import { localProvider } from './local-provider.js'
import { MekError, mekOf, parseMeks } from './mek-lines.js'
import type { KeyProvider } from './provider.js'

/** Lines of a MEK file, or the base64 of a single key. Throws a MekError for anything else. */
export const openMekText = (text: string): KeyProvider => {
  const bytes = Buffer.alloc(Buffer.byteLength(text))
  bytes.write(text)
  try {
    return bytes.length === base64Bytes ? single(bytes) : localProvider(parseMeks(bytes))
  } finally {
    bytes.fill(0)
  }
}

const single = (text: Buffer): KeyProvider => {
  const key = decodeKey(text)
  if (!key) throw new MekError('it is not the base64 of 32 bytes')
  return localProvider([mekOf(SecretKey.adopt(key))])
}
