// The engine as `npm start` runs it: a fresh installation with its embedded PostgreSQL.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { packageRoot } from '../../../engine/root.js'
import { tenantNamesOf } from '../../../engine/worker/store/postgres/tenant-names.js'
import { startProgram, type Process } from '../../child-process.js'
import { call } from '../../http-call.js'
import type { Setting } from '../contender.js'
import { databaseAt } from '../count-rows.js'
import type { Credentials } from './provision.js'

export interface StartedEngine {
  readonly port: number
  readonly pid: number
  /** The postmaster. */
  readonly databasePid: number
  /** The first user of the management plane. */
  readonly provider: Credentials
  /** A tenant's database, with the address of a superuser at it. */
  databaseOf(shortCode: string): { readonly url: string; readonly database: string }
}

/** Variables of the engine. */
type Environment = Readonly<Record<string, string>>

const startMs = 60_000
const pollMs = 50

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

const untilReady = async (engine: Process, port: number): Promise<void> => {
  const isUp = (): Promise<boolean> =>
    call(port, '/system/health/ready').then(
      ({ status }) => status === 200,
      () => false,
    )
  let hasEnded = false
  void engine.ended.then(() => (hasEnded = true))
  for (let waited = 0; waited < startMs && !hasEnded; waited += pollMs) {
    if (await isUp()) return
    await pause(pollMs)
  }
  throw new Error(`the engine is not ready:\n${engine.output()}`)
}

const launch = (
  { folder, teardown }: Setting,
  port: number,
  password: string,
  environment: Environment,
  root: string,
): Process =>
  startProgram(
    [process.execPath, join(root, 'dist', 'engine', 'main.js')],
    {
      RPPAM_DATA_DIR: join(folder, 'data'),
      RPPAM_LISTEN_PORT: String(port),
      RPPAM_BOOTSTRAP_PASSWORD: password,
      ...environment,
    },
    folder,
    teardown,
  )

const addressIn = (dataDir: string): string => {
  const access = JSON.parse(readFileSync(join(dataDir, 'database.json'), 'utf8')) as { url: string }
  return access.url
}

export const startEngine = async (
  setting: Setting,
  environment: Environment = {},
  root: string = packageRoot,
): Promise<StartedEngine> => {
  const port = await freePort()
  const password = randomBytes(18).toString('base64url')
  const engine = launch(setting, port, password, environment, root)
  await untilReady(engine, port)
  const dataDir = join(setting.folder, 'data')
  const lock = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')
  return {
    port,
    pid: engine.pid,
    databasePid: Number.parseInt(lock),
    provider: { username: 'admin', password },
    databaseOf: (shortCode) => {
      const database = tenantNamesOf(shortCode).databaseName
      return { url: databaseAt(addressIn(dataDir), database), database }
    },
  }
}
