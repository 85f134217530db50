// The PostgreSQL that comes with the engine, for installations that name no server of their own. It lives in
// <data>/postgres and ends with the engine. A root engine's data folder stays closed to the server's user: the server
// is started inside its cluster and never needs the path that leads there, so the MEK beside it is out of its reach.
// (For an ordinary user both belong to that user: there is no other one to take.)
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../log.js'
import {
  addressOf,
  administratorRole,
  engineRole,
  newAccess,
  readAccess,
  writeAccess,
  type Access,
} from './access.js'
import { accountForNew, accountOf } from './account.js'
import { findBinaries } from './binaries.js'
import { makeCluster } from './cluster.js'
import { lockFolder } from './lock.js'
import { clearPredecessor } from './predecessor.js'
import { makeRoles } from './roles.js'
import { startServer, type Server } from './server.js'

export interface EmbeddedOptions {
  /** Absolute. */
  readonly dataDir: string
  /** The engine's own budget; the server allows a few more. */
  readonly maxConnections: number
  readonly log: Log
}

export interface Embedded {
  /** The engine's login: LOGIN, CREATEDB, CREATEROLE; database `postgres`. */
  readonly url: string
  /** The superuser, for administrators and tests; the engine itself never uses it after the first start. */
  readonly administrativeUrl: string
  readonly pid: number
  /** Resolves when the server has ended, also when nobody stopped it. */
  readonly ended: Promise<void>
  /** Fast shutdown; call it after the drain. */
  stop(): Promise<void>
}

const openFolder = (dataDir: string): void => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const { uid, mode } = statSync(dataDir)
  if (uid !== process.geteuid?.()) throw new Error(`data.dir ${dataDir} belongs to another user`)
  if ((mode & 0o077) === 0) return
  // Somebody's own folder, named by mistake, must not be closed to everybody else.
  if (readdirSync(dataDir).length > 0 && !existsSync(join(dataDir, 'database.json')))
    throw new Error(`data.dir ${dataDir} is open to other users: chmod 700 it, or name another one`)
  chmodSync(dataDir, 0o700)
}

const refuseHalf = (dataDir: string, cluster: string, access: Access | undefined): void => {
  if (access === undefined && existsSync(cluster))
    throw new Error(`${dataDir}/database.json is missing: restore it from a backup`)
  if (access?.initialised === true && !existsSync(cluster))
    throw new Error(`${cluster} is missing: restore it, or remove ${dataDir} to start anew`)
}

/** The cluster's server, running; the cluster is made when there is none. */
const bringUp = async (options: EmbeddedOptions, access: Access): Promise<Server> => {
  const cluster = join(options.dataDir, 'postgres')
  const account = existsSync(cluster) ? undefined : accountForNew()
  const credentials = account?.server ?? accountOf(cluster)
  const binaries = await findBinaries(credentials, options.dataDir)
  if (account === undefined) await clearPredecessor(cluster)
  else await makeCluster(binaries, cluster, account, access.administratorPassword)
  const logFile = join(options.dataDir, 'postgres.log')
  const { maxConnections, log } = options
  return startServer({ binaries, cluster, logFile, credentials, maxConnections, log })
}

const complete = async (dataDir: string, access: Access, port: number): Promise<void> => {
  writeAccess(dataDir, access, port)
  if (access.initialised) return
  const administrator = addressOf(administratorRole, access.administratorPassword, port)
  await makeRoles(administrator, access.enginePassword)
  writeAccess(dataDir, { ...access, initialised: true }, port)
}

const loadAccess = (dataDir: string): Access => {
  const found = readAccess(dataDir)
  refuseHalf(dataDir, join(dataDir, 'postgres'), found)
  if (found !== undefined) return found
  const access = newAccess()
  // Before the cluster: a start that is killed in between is finished by the next one.
  writeAccess(dataDir, access, 0)
  return access
}

const start = async (options: EmbeddedOptions): Promise<[Server, Access]> => {
  const access = loadAccess(options.dataDir)
  const server = await bringUp(options, access)
  try {
    await complete(options.dataDir, access, server.port)
  } catch (error) {
    await server.stop()
    throw error
  }
  return [server, access]
}

/** @throws Error one line, fit for the person who started the engine */
export const startEmbedded = async (options: EmbeddedOptions): Promise<Embedded> => {
  openFolder(options.dataDir)
  const lock = lockFolder(options.dataDir)
  try {
    const [{ port, pid, ended, stop }, access] = await start(options)
    return {
      url: addressOf(engineRole, access.enginePassword, port),
      administrativeUrl: addressOf(administratorRole, access.administratorPassword, port),
      pid,
      ended,
      stop: async () => {
        await stop()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}
