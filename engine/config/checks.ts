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

const isEncoded = (part: string): boolean => {
  try {
    decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}

const escapes = 'in user and password write %25 for %, %40 for @, %2F for /, %23 for #, %3F for ?'

export const checkDatabase = ({ url: address }: Settings['database']): void => {
  if (address === null) return
  if (!URL.canParse(address) || !/^postgres(ql)?:$/.test(new URL(address).protocol))
    return refuse(
      `database.url must be a postgres:// address (postgres://user:password@host:port/database); ${escapes}`,
    )
  const url = new URL(address)
  for (const part of ['username', 'password', 'pathname'] as const)
    if (!isEncoded(url[part]))
      refuse(`database.url: its ${part} holds a % that is no escape; ${escapes}`)
  if (url.hostname === '') refuse('database.url names no host')
  if (url.username === '') refuse('database.url names no user')
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
