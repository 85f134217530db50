// Whether the engine may listen where it is to: asked by listening there for a moment. uWS only says that it cannot.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { refuse } from '../config/refusal.js'
import { systemReason } from '../system-reason.js'

interface Place {
  readonly host: string
  readonly port: number
}

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'end it, or set listen.port to another one',
  EACCES:
    'ports below 1024 are for root, or for whoever has CAP_NET_BIND_SERVICE: set listen.port to another one',
  EADDRNOTAVAIL: 'set listen.host to an address of this machine, or to 0.0.0.0',
  ENOTFOUND: 'set listen.host to an address of this machine, or to 0.0.0.0',
}

const settingOf = (code: string): string =>
  code === 'EADDRINUSE' || code === 'EACCES' ? 'listen.port' : 'listen.host'

const refusePlace = ({ host, port }: Place, error: unknown): never => {
  const { code = '' } = error as NodeJS.ErrnoException
  const remedy = remedies[code] === undefined ? '' : `; ${remedies[code]}`
  return refuse(
    `${settingOf(code)}: cannot listen on ${host} port ${port}: ${systemReason(error)}${remedy}`,
  )
}

/** Throws a ConfigError. Another process may still be faster than the listener. */
export const checkPort = async (place: Place): Promise<void> => {
  const probe = createServer()
  try {
    // Exclusive, as the listener itself.
    probe.listen({ host: place.host, port: place.port, exclusive: true })
    await once(probe, 'listening')
  } catch (error) {
    refusePlace(place, error)
  }
  probe.close()
  await once(probe, 'close')
}
