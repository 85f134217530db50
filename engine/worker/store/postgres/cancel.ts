// Asks a server to end what one of its processes runs (PostgreSQL protocol, CancelRequest): sent on a connection of its
// own, without an answer. The key is good for that one session only, which ends with it.
import { connect } from 'node:net'
import type { DatabaseTarget } from './target.js'

/** What the server told at log-in (BackendKeyData). */
export interface BackendKey {
  readonly pid: number
  readonly secret: number
}

const requestCode = 80_877_102
const giveUpMs = 1_000

export const requestCancel = (
  { host, port }: Pick<DatabaseTarget, 'host' | 'port'>,
  { pid, secret }: BackendKey,
): void => {
  const request = Buffer.alloc(16)
  for (const [place, value] of [request.length, requestCode, pid, secret].entries())
    request.writeUInt32BE(value, place * 4)
  const socket = connect({ host, port }, () => socket.end(request))
  socket.setTimeout(giveUpMs, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.unref()
}
