// An engine whose PostgreSQL is a server of its own behind a relay.
import type { Test } from 'tap'
import {
  type EngineAddress,
  type ServerAddress,
  type TestEngine,
  startEngine,
} from '../../support/engine.js'
import { type CuttingRelay, startCuttingRelay } from './cutting-relay.js'

export interface Relayed {
  readonly engine: TestEngine
  readonly relay: CuttingRelay
  /** The engine as the database administrator's tools take it: with the server's data folder. */
  readonly address: EngineAddress
}

export const startRelayed = async (
  t: Pick<Test, 'teardown'>,
  server: ServerAddress & { readonly dataDir: string },
): Promise<Relayed> => {
  const url = new URL(server.engineUrl)
  const relay = await startCuttingRelay(t, Number(url.port))
  url.port = String(relay.port)
  const engine = await startEngine(t, { env: { RPPAM_DATABASE_URL: url.href } })
  const { port, adminPassword } = engine
  const address = { url: engine.url, port, adminPassword, dataDir: server.dataDir }
  return { engine, relay, address }
}
