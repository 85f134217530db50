// The engine's threads: one single-threaded Piscina per tenant shard, one for the management plane, and a pool for what
// is slow. The front talks to them by messages; no key and no database handle ever comes back.
import { availableParallelism } from 'node:os'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import type { TenantId } from '../../ids.js'
import { moduleExtension } from '../../root.js'
import type {
  ManagementWorkerMethods,
  OpenedInstallation,
  TenantWorkerMethods,
} from '../../task/control.js'
import type { MainMethods } from '../../task/main.js'
import type { WorkerOptions } from '../../task/options.js'
import { type Remote, connect, serve } from '../../task/rpc.js'
import { Shard } from './shard.js'
import { shardOf } from './shard-of.js'
import { SlowPool } from './slow-pool.js'

export interface ThreadOptions {
  readonly shards: number
  /** Requests in flight per shard. */
  readonly inFlight: number
  /** `database.maxConnections`, shared out. */
  readonly connections: number
  readonly worker: Omit<WorkerOptions, 'connections'>
  /** Goes to the management thread as it is. */
  readonly installation: object
  readonly onFault: (error: unknown) => void
}

/** Caches of the front that workers bring up to date. */
export type Revoker = Pick<MainMethods, 'revokeSession' | 'raiseUser'>

const fileOf = (name: string): string =>
  new URL(`../../worker/${name}${moduleExtension}`, import.meta.url).href

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

// Half the cores at most may be busy with passwords.
const slowWidth = Math.max(1, Math.floor(availableParallelism() / 2))

const slowThreads = (): Piscina =>
  new Piscina({
    filename: fileOf('slow'),
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
  readonly pools: readonly Piscina[]
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

  /** Where an unauthenticated request goes that names nobody: any shard answers alike. */
  anyShard(): Shard {
    return this.parts.shards[0]!.shard
  }

  get pending(): number {
    return this.parts.shards.reduce(
      (sum, { shard }) => sum + shard.pending,
      this.management.pending,
    )
  }

  async openTenants(): Promise<number> {
    const found = await Promise.all(this.parts.shards.map(({ worker }) => worker.statistics()))
    return found.reduce((sum, { openTenants }) => sum + openTenants, 0)
  }

  /** After the last request was answered: anchors, closes, ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.parts.shards.map(({ worker }) => worker.drain()))
    await this.control.drain()
    await Promise.all(this.parts.pools.map((pool) => pool.destroy()))
  }
}

const mainMethods = (slow: Piscina, revoker: Revoker): MainMethods => {
  const passwords = new SlowPool(slow, slowWidth)
  return {
    hashPassword: (owner, password) => passwords.hashPassword(owner, password),
    verifyPassword: (owner, verifier, password) =>
      passwords.verifyPassword(owner, verifier, password),
    revokeSession: (tenant, session) => revoker.revokeSession(tenant, session),
    raiseUser: (tenant, user, generation) => revoker.raiseUser(tenant, user, generation),
  }
}

const open = async (
  options: ThreadOptions,
  revoker: Revoker,
  slow: Piscina,
  pools: Piscina[],
): Promise<Threads> => {
  const { inFlight, onFault, worker, installation } = options
  const methods = mainMethods(slow, revoker)
  const shares = shareOut(options.connections, options.shards)
  const start = async <Result>(
    name: string,
    own: object,
    connections: number,
    transfer: readonly MessagePort[],
  ): Promise<{ shard: Shard; result: Result }> => {
    const pool = singleThread(name)
    pools.push(pool)
    const all = { ...worker, ...own, connections }
    const started = await Shard.start<typeof all, Result>(pool, all, {
      transfer,
      limit: inFlight,
      onFault,
      serveMain: (port) => serve(port, methods),
    })
    return started
  }
  const channels = Array.from({ length: options.shards }, () => new MessageChannel())
  const brokerPorts = channels.map(({ port1 }) => port1)
  const management = await start<OpenedInstallation>(
    'management-main',
    { installation, workers: brokerPorts },
    shares.management,
    brokerPorts,
  )
  const shards = await Promise.all(
    channels.map(({ port2 }, shard) =>
      start<void>('main', { shard, broker: port2 }, shares.shard, [port2]),
    ),
  )
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

/** Rejects with one line, fit for the person who started the engine. */
export const startThreads = async (options: ThreadOptions, revoker: Revoker): Promise<Threads> => {
  const slow = slowThreads()
  const pools = [slow]
  try {
    return await open(options, revoker, slow, pools)
  } catch (error) {
    await Promise.all(pools.map((pool) => pool.destroy()))
    throw error
  }
}
