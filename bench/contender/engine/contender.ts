// The engine as `npm start` runs it: a fresh installation with its embedded PostgreSQL, filled through the REST API.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { packageRoot } from '../../../engine/root.js'
import { actions, outcomes } from '../../../engine/worker/audit/actions.js'
import { schemaName } from '../../../engine/worker/store/postgres/target.js'
import { startProgram, type Process } from '../../child-process.js'
import { call } from '../../http-call.js'
import type { Contender, Running, Setting } from '../contender.js'
import { countRows, databaseAt } from '../count-rows.js'
import { provision, signIn, storeEntries } from './provision.js'

// Its database is rppam_tenant_<code> (SPEC §3).
const shortCode = 'bench'
const reads = `select count(*) from ${schemaName}.audit_event
  where action = ${actions['vault.secret.read']} and outcome = ${outcomes.success}`

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

const databaseOf = (dataDir: string): { url: string; pid: number } => {
  const access = JSON.parse(readFileSync(join(dataDir, 'database.json'), 'utf8')) as { url: string }
  const lock = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')
  return { url: databaseAt(access.url, `rppam_tenant_${shortCode}`), pid: Number.parseInt(lock) }
}

const launch = ({ folder, teardown }: Setting, port: number, password: string): Process =>
  startProgram(
    [process.execPath, join(packageRoot, 'dist', 'engine', 'main.js')],
    {
      RPPAM_DATA_DIR: join(folder, 'data'),
      RPPAM_LISTEN_PORT: String(port),
      RPPAM_BOOTSTRAP_PASSWORD: password,
    },
    folder,
    teardown,
  )

const start = async (setting: Setting): Promise<Running> => {
  const port = await freePort()
  const password = randomBytes(18).toString('base64url')
  const engine = launch(setting, port, password)
  await untilReady(engine, port)
  const tenant = await provision(port, { username: 'admin', password }, shortCode)
  const authorization = (): Promise<string> => signIn(port, tenant)
  const ids = await storeEntries(port, await authorization(), setting.entries)
  const database = databaseOf(join(setting.folder, 'data'))
  return {
    port,
    pid: engine.pid,
    databasePid: database.pid,
    ids,
    isFixed: false,
    settings: {},
    authorization,
    auditedReads: () => countRows(database.url, reads),
  }
}

export const engine: Contender = { id: 'engine', title: 'RP-PAM engine', start }
