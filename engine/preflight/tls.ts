// Whether listen.tls can be used, and if not, which of the two files is wrong and why: the listener itself would say
// nothing but that it was not made. What is in the files never gets into a message.
import { type KeyObject, X509Certificate, createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { refuse } from '../config/refusal.js'
import { systemReason } from '../system-reason.js'

interface Pair {
  readonly cert: string
  readonly key: string
}

const read = (setting: string, file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    return refuse(`${setting}: ${file} cannot be read: ${systemReason(error)}`)
  }
}

const certificateIn = (pem: string, file: string): X509Certificate => {
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    return refuse(`listen.tls.cert: ${file} holds no certificate in PEM form`)
  try {
    return new X509Certificate(pem)
  } catch {
    return refuse(`listen.tls.cert: the certificate in ${file} is damaged`)
  }
}

const isEncrypted = (pem: string): boolean =>
  /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem)

const keyIn = (pem: string, file: string): KeyObject => {
  if (isEncrypted(pem))
    return refuse(
      `listen.tls.key: the key in ${file} is encrypted: decrypt it (openssl pkey -in … -out …) and let only the engine's user read it`,
    )
  if (!/-----BEGIN (\w+ )?PRIVATE KEY-----/.test(pem))
    return refuse(`listen.tls.key: ${file} holds no private key in PEM form`)
  try {
    return createPrivateKey(pem)
  } catch {
    return refuse(`listen.tls.key: the key in ${file} is damaged`)
  }
}

/** OpenSSL's word for it, such as `ee key too small`. */
const opensslReason = (error: unknown): string => {
  const { reason } = error as { readonly reason?: unknown }
  return typeof reason === 'string' && /^[\w ]{1,80}$/.test(reason) ? reason : 'they do not fit'
}

const requireUsable = (cert: string, key: string, pair: Pair): void => {
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    refuse(`listen.tls: OpenSSL refuses ${pair.cert} with ${pair.key}: ${opensslReason(error)}`)
  }
}

/** Throws a ConfigError. */
export const checkTls = (pair: Pair | null): void => {
  if (pair === null) return
  const cert = read('listen.tls.cert', pair.cert)
  const key = read('listen.tls.key', pair.key)
  if (!certificateIn(cert, pair.cert).checkPrivateKey(keyIn(key, pair.key)))
    refuse(
      `listen.tls: the certificate in ${pair.cert} and the key in ${pair.key} do not belong together`,
    )
  requireUsable(cert, key, pair)
}
