// Where a database is and what a session on it may take. Resolved once; nothing here is optional.
import type { Milliseconds } from '../../../clock.js'
import type { DatabaseTarget } from '../../../task/broker.js'

export type { DatabaseTarget }

export interface SessionLimits {
  readonly connectMs: Milliseconds
  /** The server ends a statement after this; the client a second later, whatever the server does. */
  readonly statementMs: Milliseconds
  readonly idleInTransactionMs: Milliseconds
  /**
   * How long it is asked what became of a COMMIT whose connection was lost, over further losses and a server that
   * recovers. Whoever is told `unavailable` sooner takes for undone what may be done.
   */
  readonly settleMs: Milliseconds
}

export const defaultLimits: SessionLimits = {
  connectMs: 5_000,
  statementMs: 15_000,
  idleInTransactionMs: 15_000,
  settleMs: 5_000,
}

/** Of what the provider asks of a tenant's database: a hung one is told within two seconds, all in all. */
export const visitMs: Milliseconds = 1_800

export const visitLimits: SessionLimits = {
  connectMs: visitMs,
  statementMs: visitMs,
  idleInTransactionMs: visitMs,
  settleMs: 0,
}

export interface SessionOptions {
  readonly target: DatabaseTarget
  readonly limits: SessionLimits
  /** Shown as `rppam/<node>` in pg_stat_activity. */
  readonly node: string
  /** For benches only (FORMATS §5). */
  readonly allowUnsafeFsync: boolean
}

/** The schema of every object that the engine makes. */
export const schemaName = 'rppam'

/** `postgres://user:password@host:port/database?sslmode=require`; any sslmode but `disable` means verified TLS. */
export const targetFromUrl = (address: string): DatabaseTarget => {
  const url = new URL(address)
  const mode = url.searchParams.get('sslmode')
  return {
    // An IPv6 address stands in brackets in an address, and without them for a socket.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 5432 : Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    tls: mode !== null && mode !== 'disable',
  }
}
