// What of the configuration goes to the threads. Paths, passwords and keys go to the management thread alone.
import { availableParallelism } from 'node:os'
import type { Config } from './config.js'
import type { ThreadOptions } from './front/dispatch/threads.js'
import type { Log } from './log.js'
import { protectedKeyrings } from './protected-keyrings.js'

export const shardsOf = ({ workers }: Config): number =>
  workers.shards || Math.max(1, availableParallelism() - 1)

const sources = ({ keys, license, node, database, bootstrap }: Config) => ({
  node: node.name,
  mek: { provider: keys.provider, file: keys.mekFile, text: keys.mek },
  license: { file: license.file, publicKeys: license.publicKeys },
  bootstrapPassword: bootstrap.password,
  allowUnsafeFsync: database.allowUnsafeFsync,
})

/** What the management thread looks at before anything is made. */
export const checkOptions = (config: Config): object => ({
  ...sources(config),
  url: config.database.url,
  logLevel: config.logging.level,
})

/** `url`: of the engine's login. `isShown`: secrets of a first start are shown at a terminal. */
export const threadOptions = (
  config: Config,
  url: string,
  isShown: boolean,
  log: Log,
): ThreadOptions => {
  const { limits, audit, license, database, node, keys } = config
  const worker = {
    node: node.name,
    logLevel: config.logging.level,
    idleMs: limits.tenantIdleSeconds * 1_000,
    anchorIntervalMs: audit.anchorIntervalMs,
    anchorEvery: audit.anchorEvery,
    allowUnsafeFsync: database.allowUnsafeFsync,
    suite: keys.suite,
    protectedKeyrings: protectedKeyrings(shardsOf(config)),
    limits: {
      bodyBytes: limits.bodyBytes,
      fieldBytes: limits.fieldBytes,
      entryBytes: limits.entryBytes,
      answerBytes: limits.answerBytes,
      openTenants: limits.openTenants,
      waitSeconds: limits.waitSeconds,
    },
  }
  return {
    inFlight: limits.inFlight,
    connections: database.maxConnections,
    worker,
    installation: {
      ...sources(config),
      url,
      isEmbedded: database.url === null,
      tenantCode: license.tenantCode,
      handoverFolder: config.data.dir,
      isShown,
      openTenants: limits.openTenants,
      idleMs: worker.idleMs,
    },
    // A thread that died took its tenants' keys and chains with it: the process ends, and is started anew.
    onFault: (error) => {
      log.fatal('a thread died', { error })
      queueMicrotask(() => {
        throw error
      })
    },
  }
}
