// What settings must be beyond their types, and what must not be set beside each other.
import { BlockList, isIP } from 'node:net'
import { isReservedCode } from '../reserved-codes.js'
import { refuse } from './refusal.js'
import type { Settings } from './schema.js'

const checkNetwork = (network: string): void => {
  const [address = '', prefix, more] = network.split('/')
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  try {
    if (isIP(address) === 0 || more !== undefined) throw new Error('not an address')
    if (prefix !== undefined)
      new BlockList().addSubnet(address, /^\d+$/.test(prefix) ? Number(prefix) : -1, family)
  } catch {
    refuse('listen.trustedProxies must hold addresses or networks like 10.0.0.0/8')
  }
}

const checkOrigin = (origin: string): void => {
  if (!URL.canParse(origin) || new URL(origin).origin !== origin)
    refuse('listen.cors.origins must hold origins like https://portal.example')
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

export const checkListen = (listen: Settings['listen']): void => {
  listen.trustedProxies.forEach(checkNetwork)
  listen.cors.origins.forEach(checkOrigin)
  if (listen.tls.cert === null && listen.trustedProxies.length === 0 && !isLoopback(listen.host))
    refuse(
      'listen.host: plain HTTP only on loopback; any other address needs listen.tls or listen.trustedProxies',
    )
}

export const checkDatabase = ({ url }: Settings['database']): void => {
  if (url !== null && !(URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)))
    refuse('database.url must be a postgres:// address')
}

export const checkKeys = ({ provider, mek }: Settings['keys']): void => {
  if (provider === 'environment' && mek === null)
    refuse('keys.provider environment needs RPPAM_KEYS_MEK')
  if (provider === 'file' && mek !== null) refuse('RPPAM_KEYS_MEK needs keys.provider environment')
}

/** A batch must find room beside others. */
export const checkLimits = ({ answerBytes, heldAnswerBytes }: Settings['limits']): void => {
  if (heldAnswerBytes < 2 * answerBytes)
    refuse('limits.heldAnswerBytes must be at least twice limits.answerBytes')
}

export const checkLicense = ({ tenantCode }: Settings['license']): void => {
  if (isReservedCode(tenantCode))
    refuse(`license.tenantCode: ${tenantCode.toLowerCase()} is reserved`)
}
