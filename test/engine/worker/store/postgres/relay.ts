// Stands between a store and its server, and loses what it is told to lose.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'
import type { DatabaseTarget } from '../../../../../engine/worker/store/postgres/target.js'

export interface Relay {
  /** The database behind the relay. */
  readonly target: DatabaseTarget
  /** Once: when the server says `tag` (as after COMMIT), its answer is lost and both ends are cut. */
  loseAnswer(tag: string): void
  /** Of the next connection: so many bytes of the server pass, then both ends are cut, by a reset or in good order. */
  cutAfter(bytes: number, how: 'reset' | 'end'): void
  /** So many of the next connections are cut before a byte is said. */
  refuse(count: number): void
  /** Cuts the clients off now; the server is not told, and goes on with what it has received. */
  cutClients(): void
  /** Cuts both ends off now: the server rolls back what was open. */
  cutBoth(): void
  readonly connections: number
}

const quiet = (socket: Socket): Socket => socket.on('error', () => undefined)

export const startRelay = async (
  t: Pick<Test, 'teardown'>,
  target: DatabaseTarget,
): Promise<Relay> => {
  const clients = new Set<Socket>()
  const servers = new Set<Socket>()
  let lost: string | null = null
  let cut: { bytes: number; readonly how: 'reset' | 'end' } | null = null
  let refused = 0
  let connections = 0
  const relay = createServer((client) => {
    connections++
    if (refused > 0) {
      refused--
      return void quiet(client).destroy()
    }
    const server = quiet(connect({ host: target.host, port: target.port, noDelay: true }))
    clients.add(quiet(client))
    servers.add(server)
    const limit = cut
    cut = null
    client.on('data', (bytes) => server.write(bytes))
    server.on('close', () => client.destroy())
    server.on('data', (bytes) => {
      if (client.destroyed) return
      if (limit) {
        client.write(bytes.subarray(0, limit.bytes))
        limit.bytes -= bytes.length
        if (limit.bytes > 0) return
        if (limit.how === 'reset') client.resetAndDestroy()
        else client.end()
        return void server.destroy()
      }
      if (lost === null || !bytes.includes(`${lost}\0`)) return void client.write(bytes)
      lost = null
      client.destroy()
      server.destroy()
    })
    // The server learns of the end only from a client that says so itself, not from one that was cut off.
    client.on('end', () => server.end())
  }).listen(0, '127.0.0.1')
  await once(relay, 'listening')
  t.teardown(() => {
    for (const socket of [...clients, ...servers]) socket.destroy()
    relay.close()
  })
  return {
    target: { ...target, host: '127.0.0.1', port: (relay.address() as AddressInfo).port },
    loseAnswer: (tag) => (lost = tag),
    cutAfter: (bytes, how) => (cut = { bytes, how }),
    refuse: (count) => (refused = count),
    cutClients: () => {
      for (const client of clients) client.destroy()
      clients.clear()
    },
    cutBoth: () => {
      for (const socket of [...clients, ...servers]) socket.destroy()
    },
    get connections() {
      return connections
    },
  }
}
