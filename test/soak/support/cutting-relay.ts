// Stands between an engine and its PostgreSQL, on a port that stays the same, and loses what it is told to lose. It
// never changes a byte: it forwards, or it cuts.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'

/**
 * Of the next connection that it fits: `request`: what holds `text` never reaches the server; `answer`: it was done, and
 * the answer that holds `text` never reaches the client. Both ends are cut then.
 */
export interface Loss {
  readonly what: 'request' | 'answer'
  readonly text: string
}

export interface CuttingRelay {
  readonly port: number
  /** The next one of each that fits. */
  lose(loss: Loss): void
  /** All connections, now. What the server has received it does. */
  cutAll(): void
  /** Where new connections go. */
  target: number
  /** How many losses have happened. */
  readonly lost: Readonly<Record<Loss['what'], number>>
  /** Of `lose`, not yet happened. */
  readonly waiting: number
}

/** In the first message of a connection: only those of tenants' databases are lost from. */
const tenantDatabase = 'database\0rppam_tenant_'

class Pair {
  readonly #server: Socket
  #isOfTenant: boolean | null = null

  constructor(
    private readonly client: Socket,
    port: number,
    isLost: (what: Loss['what'], bytes: Buffer) => boolean,
  ) {
    this.#server = connect({ host: '127.0.0.1', port, noDelay: true })
    for (const socket of [client, this.#server]) {
      socket.on('error', () => undefined)
      socket.once('close', () => this.cut())
    }
    client.setNoDelay(true)
    client.on('data', (bytes: Buffer) => {
      this.#isOfTenant ??= bytes.includes(tenantDatabase)
      if (this.#isOfTenant && isLost('request', bytes)) this.cut()
      else this.#server.write(bytes)
    })
    this.#server.on('data', (bytes: Buffer) => {
      if (client.destroyed) return
      if (this.#isOfTenant && isLost('answer', bytes)) this.cut()
      else client.write(bytes)
    })
  }

  cut(): void {
    this.client.destroy()
    this.#server.destroy()
  }
}

/** `target`: port of the server, on this machine. */
export const startCuttingRelay = async (
  t: Pick<Test, 'teardown'>,
  target: number,
): Promise<CuttingRelay> => {
  const pairs = new Set<Pair>()
  const losses: Loss[] = []
  const lost = { request: 0, answer: 0 }
  const isLost = (what: Loss['what'], bytes: Buffer): boolean => {
    const i = losses.findIndex((loss) => loss.what === what && bytes.includes(loss.text))
    if (i < 0) return false
    losses.splice(i, 1)
    lost[what]++
    return true
  }
  const listener = createServer((client) => {
    const pair = new Pair(client, relay.target, isLost)
    pairs.add(pair)
    client.once('close', () => pairs.delete(pair))
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const cutAll = (): void => {
    for (const pair of pairs) pair.cut()
  }
  t.teardown(() => {
    listener.close()
    cutAll()
  })
  const { port } = listener.address() as AddressInfo
  const relay: CuttingRelay = {
    port,
    target,
    lost,
    lose: (loss) => void losses.push(loss),
    cutAll,
    get waiting() {
      return losses.length
    },
  }
  return relay
}
