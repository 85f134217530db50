// AES-256-GCM by node:crypto, as every tutorial has it: a random 96-bit nonce, the entry's id as associated data.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16

/** nonce | ciphertext | tag */
export const seal = (key: Buffer, id: string, fields: unknown): Buffer => {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(id))
  const sealed = [cipher.update(JSON.stringify(fields), 'utf8'), cipher.final()]
  return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()])
}

export const open = (key: Buffer, id: string, sealed: Buffer): Record<string, string> => {
  const nonce = sealed.subarray(0, nonceBytes)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(id)).setAuthTag(sealed.subarray(-tagBytes))
  const plain = decipher.update(sealed.subarray(nonceBytes, -tagBytes), undefined, 'utf8')
  return JSON.parse(plain + decipher.final('utf8')) as Record<string, string>
}
