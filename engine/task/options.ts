// The part of the configuration that worker threads get. No path, no password, no key: those stay where they are used.
import type { LogLevel } from '../log.js'

/** Of `keys.suite`. */
export type SuiteName = 'xchacha20-poly1305' | 'xaes-256-gcm'

export interface Limits {
  readonly bodyBytes: number
  readonly fieldBytes: number
  readonly entryBytes: number
  /** Of one answer: a batch ends there. */
  readonly answerBytes: number
  /** Tenants open at once in one worker. */
  readonly openTenants: number
  /** Longest `Prefer: wait`. */
  readonly waitSeconds: number
}

export interface WorkerOptions {
  readonly node: string
  readonly limits: Limits
  readonly logLevel: LogLevel
  /** This worker's share of `database.maxConnections`. */
  readonly connections: number
  /** How long an unused tenant stays open. */
  readonly idleMs: number
  readonly anchorIntervalMs: number
  readonly anchorEvery: number
  readonly allowUnsafeFsync: boolean
  /** What new records are sealed with. */
  readonly suite: SuiteName
  /** Keyrings of this worker in libsodium's memory at once; those beyond have plain buffers. */
  readonly protectedKeyrings: number
}
