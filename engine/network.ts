// The network that an address belongs to: what one party can be expected to control. IPv4 /24, IPv6 /64.

const expand = (address: string): string[] => {
  const [left = '', right] = address.split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === undefined || right === '' ? [] : right.split(':')
  const zeros = right === undefined ? 0 : Math.max(0, 8 - head.length - tail.length)
  return [...head, ...Array.from({ length: zeros }, () => '0'), ...tail]
}

/** Takes the canonical spelling that remote-address.ts gives. */
export const networkOf = (address: string): string =>
  address.includes(':')
    ? `${expand(address).slice(0, 4).join(':')}::/64`
    : `${address.slice(0, address.lastIndexOf('.'))}.0/24`

/** IPv4 addresses count one by one; of IPv6 everybody has a whole /64. */
export const addressKey = (address: string): string =>
  address.includes(':') ? networkOf(address) : address
