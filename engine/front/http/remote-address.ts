// Who is calling: the peer's address or, when the peer is a trusted proxy, the rightmost untrusted one of
// X-Forwarded-For. What stands further left was written by whoever that is, and is never believed.
import { BlockList, isIP, isIPv4 } from 'node:net'

/** A peer's address as uWS gives it (4 or 16 bytes) and the X-Forwarded-For of the request → text. */
export type AddressReader = (peer: ArrayBuffer, forwardedFor: string | undefined) => string

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** One spelling for every address: IPv4 where it is IPv4-mapped, RFC 5952 else; null for what is no address. */
export const canonicalAddress = (text: string): string | null => {
  if (isIPv4(text)) return text
  if (isIP(text) === 0 || text.includes('%')) return null
  const address = new URL(`http://[${text}]/`).hostname.slice(1, -1)
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address)
  if (!hex) return mapped.exec(address)?.[1] ?? address
  const [high, low] = [parseInt(hex[1]!, 16), parseInt(hex[2]!, 16)]
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

const textOf = (bytes: Uint8Array): string =>
  bytes.length === 4
    ? bytes.join('.')
    : (canonicalAddress(
        Array.from({ length: 8 }, (_, i) =>
          ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16),
        ).join(':'),
      ) ?? '')

const trustOf = (networks: readonly string[]): ((address: string) => boolean) => {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return (address) => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}

// `1.2.3.4:567` and `[::1]:567` are what some proxies write.
const withoutPort = (text: string): string =>
  text.replace(/^\[([^\]]*)\](?::\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')

const walk = (peer: string, forwardedFor: string, trusted: (a: string) => boolean): string => {
  let found = peer
  for (const hop of forwardedFor.split(',').reverse()) {
    if (!trusted(found)) return found
    const address = canonicalAddress(withoutPort(hop.trim()))
    if (address === null) return found
    found = address
  }
  return found
}

/** Spells the peers seen lately; uWS gives bytes at every request. */
const remembered = 4096

const createSpeller = (): ((bytes: Uint8Array) => string) => {
  const known = new Map<number, string>()
  return (bytes) => {
    if (bytes.length !== 4) return textOf(bytes)
    const key = ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0
    const spelled = known.get(key) ?? textOf(bytes)
    if (known.size >= remembered) known.clear()
    known.set(key, spelled)
    return spelled
  }
}

export const createAddressReader = (trustedProxies: readonly string[]): AddressReader => {
  const spell = createSpeller()
  const trusted = trustedProxies.length === 0 ? null : trustOf(trustedProxies)
  return (peer, forwardedFor) => {
    const address = spell(new Uint8Array(peer))
    return trusted && forwardedFor !== undefined ? walk(address, forwardedFor, trusted) : address
  }
}
