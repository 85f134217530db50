// The baseline's process: an embedded PostgreSQL of the engine's own kind, the seeded database, the server. It ends
// when it is told to, and when the runner is gone.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { JWK } from 'jose'
import { Pool } from 'pg'
import { startEmbedded } from '../../../engine/embedded/embedded.js'
import { createLog } from '../../../engine/log.js'
import type { BenchEntry } from '../entry.js'
import type { TokenIdentity } from '../token.js'
import { choices } from './choices.js'
import { makeDatabase, seed } from './database.js'
import { createServer } from './server.js'

export interface BaselineOrder {
  readonly dataDir: string
  readonly entries: readonly BenchEntry[]
  readonly identity: TokenIdentity
  readonly publicKey: JWK
}

export interface BaselineReady {
  readonly port: number
  readonly databasePid: number
  readonly databaseUrl: string
  readonly ids: readonly string[]
  readonly settings: Readonly<Record<string, string | number | boolean>>
}

const run = async ({ dataDir, entries, identity, publicKey }: BaselineOrder): Promise<void> => {
  const log = createLog('silent')
  const embedded = await startEmbedded({ dataDir, maxConnections: 60, log })
  const databaseUrl = await makeDatabase(embedded.url)
  const pool = new Pool({ connectionString: databaseUrl, max: choices.poolSize })
  pool.on('error', () => undefined)
  const key = randomBytes(32)
  const ids = await seed(pool, identity, entries, key)
  const app = await createServer({ pool, issuer: identity.issuer, publicKey, key })
  await app.listen({ host: '127.0.0.1', port: 0 })
  process.once('SIGTERM', () => {
    void app
      .close()
      .then(() => pool.end())
      .then(() => embedded.stop())
      .finally(() => process.exit(0))
  })
  const { port } = app.server.address() as AddressInfo
  const settings = { ...choices }
  const ready: BaselineReady = { port, databasePid: embedded.pid, databaseUrl, ids, settings }
  process.send!(ready)
}

// PostgreSQL then ends by its own watchdog.
process.once('disconnect', () => process.exit(1))
const [order] = (await once(process, 'message')) as [BaselineOrder]
await run(order)
