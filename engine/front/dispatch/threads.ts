// The engine's threads: one single-threaded Piscina per tenant shard, one for the management plane, and a pool for what
// is slow. The front talks to them by messages; no key and no database handle ever comes back.
import { availableParallelism } from 'node:os'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import type { TenantId } from '../../ids.js'
import { type Milliseconds, monotonicClock } from '../../clock.js'
import { engineRoot, moduleExtension } from '../../root.js'
import { withTimeout } from '../../with-timeout.js'
import type {
  ManagementWorkerMethods,
  OpenedInstallation,
  TenantWorkerMethods,
} from '../../task/control.js'
import type { MainMethods } from '../../task/main.js'
import type { ThreadStatistics } from '../../task/statistics.js'
import type { WorkerOptions } from '../../task/options.js'
import { type Remote, connect, serve } from '../../task/rpc.js'
import { Shard } from './shard.js'
import { shardOf } from './shard-of.js'
import { SlowPool } from './slow-pool.js'

export interface ThreadOptions {
  /** Requests in flight per shard. */
  readonly inFlight: number
  /** `database.maxConnections`, shared out. */
  readonly connections: number
  readonly worker: Omit<WorkerOptions, 'connections'>
  /** Goes to the management thread as it is. */
  readonly installation: object
  readonly onFault: (error: unknown) => void
}

/** A thread's numbers; the name is ours. */
export type NamedStatistics = ThreadStatistics & { readonly thread: string }

/** Caches of the front that workers bring up to date. */
export type Revoker = Pick<MainMethods, 'revokeSession' | 'raiseUser'>

const fileOf = (name: string): string =>
  new URL(`worker/${name}${moduleExtension}`, engineRoot).href

const singleThread = (name: string): Piscina =>
  new Piscina({
    filename: fileOf(name),
    minThreads: 1,
    maxThreads: 1,
    concurrentTasksPerWorker: 8,
    // The default stops an idle worker's event loop, and with it its database sockets.
    atomics: 'disabled',
    recordTiming: false,
  })

/** Of the time to close in, the rest is the management thread's. */
const shardsShare = 0.6

// Half the cores at most may be busy with passwords.
const slowWidth = Math.max(1, Math.floor(availableParallelism() / 2))

const slowThreads = (): Piscina =>
  new Piscina({
    filename: fileOf('thread/slow'),
    minThreads: 0,
    maxThreads: slowWidth,
    concurrentTasksPerWorker: 1,
    idleTimeout: 30_000,
    atomics: 'disabled',
    recordTiming: false,
  })

/** The management plane gets a quarter, at least two; the shards share the rest, at least one each. */
const shareOut = (connections: number, shards: number): { management: number; shard: number } => {
  const management = Math.max(2, Math.floor(connections / 4))
  return { management, shard: Math.max(1, Math.floor((connections - management) / shards)) }
}

interface ThreadParts {
  readonly opened: OpenedInstallation
  readonly management: Shard
  readonly control: Remote<ManagementWorkerMethods>
  readonly shards: readonly {
    readonly shard: Shard
    readonly worker: Remote<TenantWorkerMethods>
  }[]
  readonly pools: Pools
}

export class Threads {
  readonly opened: OpenedInstallation
  readonly management: Shard
  readonly control: Remote<ManagementWorkerMethods>

  /** By startThreads only. */
  constructor(private readonly parts: ThreadParts) {
    this.opened = parts.opened
    this.management = parts.management
    this.control = parts.control
  }

  shardFor(tenant: TenantId): Shard {
    const { shards } = this.parts
    return shards[shardOf(tenant, shards.length)]!.shard
  }

  /** Where an unauthenticated request goes that leads to no tenant: as spread out as those that lead to one. */
  anyShard(key: string): Shard {
    const { shards } = this.parts
    return shards[shardOf(key, shards.length)]!.shard
  }

  get pending(): number {
    return this.parts.shards.reduce(
      (sum, { shard }) => sum + shard.pending,
      this.management.pending,
    )
  }

  /** Of each thread but this one, by its name. */
  statistics(): Promise<readonly NamedStatistics[]> {
    const named = async (thread: string, told: Promise<ThreadStatistics>) => ({
      ...(await told),
      thread,
    })
    return Promise.all([
      named('management', this.control.statistics()),
      ...this.parts.shards.map(({ worker }, i) => named(`shard-${i}`, worker.statistics())),
    ])
  }

  /** Slow work is given up: the engine is about to end. */
  cancelSlowWork(): void {
    const workers = [this.control, ...this.parts.shards.map(({ worker }) => worker)]
    // A thread that cannot hear is ended by close.
    for (const remote of workers) remote.cancelSlowWork().catch(() => undefined)
  }

  /**
   * After the last request was answered: anchors, closes, ends the threads, at the latest after `limit`. Answers
   * whether each of them ended well: one on a database that hangs must not keep the others from it.
   */
  async close(limit: Milliseconds): Promise<boolean> {
    const since = monotonicClock.now()
    const shards = this.parts.shards.map(({ worker }) => worker.drain())
    const well = await withTimeout(limit * shardsShare, Promise.allSettled(shards))
    // The last: the others anchor by it.
    const left = limit - (monotonicClock.now() - since)
    const last = await withTimeout(left, this.control.drain())
    await endPools(this.parts.pools)
    return well && last
  }
}

const mainMethods = (slow: Piscina, revoker: Revoker): MainMethods => {
  const passwords = new SlowPool(slow, slowWidth)
  return {
    hashPassword: (asker, password) => passwords.hashPassword(asker, password),
    verifyPassword: (asker, verifier, password) =>
      passwords.verifyPassword(asker, verifier, password),
    revokeSession: (tenant, session) => revoker.revokeSession(tenant, session),
    raiseUser: (tenant, user, generation) => revoker.raiseUser(tenant, user, generation),
  }
}

/** Threads that exist and load their code; nothing has been opened yet. */
export interface Pools {
  readonly slow: Piscina
  readonly management: Piscina
  readonly shards: readonly Piscina[]
}

/** To be called early: the threads load their code while the database still starts. */
export const preparePools = (shards: number): Pools => ({
  slow: slowThreads(),
  management: singleThread('thread/management-main'),
  shards: Array.from({ length: shards }, () => singleThread('thread/tenant-main')),
})

export const endPools = async ({ slow, management, shards }: Pools): Promise<void> => {
  await Promise.all([slow, management, ...shards].map((pool) => pool.destroy()))
}

/**
 * Before anything is made, in the thread that will hold it: what stops a start. Rejects with one line, fit for the person
 * who started the engine.
 */
export const checkByManagement = async ({ management }: Pools, options: object): Promise<void> => {
  await management.run(options, { name: 'check' })
}

const open = async (pools: Pools, options: ThreadOptions, revoker: Revoker): Promise<Threads> => {
  const { inFlight, onFault, worker, installation } = options
  const methods = mainMethods(pools.slow, revoker)
  const shares = shareOut(options.connections, pools.shards.length)
  const start = <Result>(
    pool: Piscina,
    own: object,
    connections: number,
    transfer: readonly MessagePort[],
  ): Promise<{ shard: Shard; result: Result }> =>
    Shard.start<object, Result>(
      pool,
      { ...worker, ...own, connections },
      { transfer, limit: inFlight, onFault, serveMain: (port) => serve(port, methods) },
    )
  const channels = pools.shards.map((pool) => ({ pool, ...channelOf() }))
  const brokerPorts = channels.map(({ served }) => served)
  const [management, ...shards] = await Promise.all([
    start<OpenedInstallation>(
      pools.management,
      { installation, workers: brokerPorts },
      shares.management,
      brokerPorts,
    ),
    ...channels.map(({ pool, called }, shard) =>
      start<never>(pool, { shard, broker: called }, shares.shard, [called]),
    ),
  ])
  return new Threads({
    opened: management.result,
    management: management.shard,
    control: connect<ManagementWorkerMethods>(management.shard.main),
    shards: shards.map(({ shard }) => ({
      shard,
      worker: connect<TenantWorkerMethods>(shard.main),
    })),
    pools,
  })
}

/** The broker serves one end; a tenant worker calls at the other. */
const channelOf = (): { readonly served: MessagePort; readonly called: MessagePort } => {
  const { port1, port2 } = new MessageChannel()
  return { served: port1, called: port2 }
}

/** Rejects with one line, fit for the person who started the engine; the pools are gone then. */
export const startThreads = async (
  pools: Pools,
  options: ThreadOptions,
  revoker: Revoker,
): Promise<Threads> => {
  try {
    return await open(pools, options, revoker)
  } catch (error) {
    await endPools(pools)
    throw error
  }
}
