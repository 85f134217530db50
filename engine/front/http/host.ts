// The Host header: its shape, and whether the installation answers to that name (a browser that was talked into
// resolving a stranger's name to our address sends the stranger's name).

const shape = /^(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9._-]{0,252}))(?::\d{1,5})?$/i
const port = /:\d{1,5}$/
const loopback = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/

export type HostCheck = (host: string) => boolean

const isAllowed = (host: string, allowed: ReadonlySet<string>): boolean => {
  if (!shape.test(host)) return false
  const lower = host.toLowerCase()
  const name = lower.replace(port, '')
  return allowed.size === 0 || loopback.test(name) || allowed.has(name) || allowed.has(lower)
}

/** An empty list allows every well-formed name; loopback names are always allowed. */
export const createHostCheck = (allowedHosts: readonly string[]): HostCheck => {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()))
  let last: string | null = null
  return (host) => {
    if (host === last) return true
    const fits = isAllowed(host, allowed)
    if (fits) last = host
    return fits
  }
}
