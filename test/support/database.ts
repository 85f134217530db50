// Databases with our schema on a test's own server: made by the superuser, migrated by an owner that may not log in,
// used by a runtime role, as in production (FORMATS §7).
import postgres from 'postgres'
import { systemClock } from '../../engine/clock.js'
import type { Store } from '../../engine/worker/store/store.js'
import { ConnectionBudget } from '../../engine/worker/store/postgres/budget.js'
import { migrate } from '../../engine/worker/store/postgres/migrate.js'
import { createPostgresStore } from '../../engine/worker/store/postgres/postgres-store.js'
import type { PostgresStoreOptions } from '../../engine/worker/store/postgres/postgres-store.js'
import {
  controlMigrations,
  mspGrants,
  runtimeGrants,
  tenantMigrations,
} from '../../engine/worker/store/postgres/schema.js'
import { Session } from '../../engine/worker/store/postgres/session.js'
import {
  defaultLimits,
  type DatabaseTarget,
  targetFromUrl,
} from '../../engine/worker/store/postgres/target.js'

/** Rows as arrays; every statement runs on a connection of its own. */
export type Query = (text: string) => Promise<unknown[][]>

export interface TestDatabase {
  /** As the superuser. */
  readonly administrator: DatabaseTarget
  /** As the role that runtimeGrants were given to. */
  readonly runtime: DatabaseTarget
  /** As the role that mspGrants were given to. */
  readonly counting: DatabaseTarget
  /** As the superuser, for what the engine itself never does. */
  readonly query: Query
}

export const sessionOptions = (target: DatabaseTarget) => ({
  target,
  limits: defaultLimits,
  node: 'test',
  allowUnsafeFsync: false,
})

/** Rejects with the database's own error. */
export const queryAs =
  ({ host, port, database, user, password }: DatabaseTarget): Query =>
  async (text) => {
    const sql = postgres({
      host,
      port,
      database,
      user,
      password,
      max: 1,
      onnotice: () => undefined,
    })
    try {
      return (await sql.unsafe(text).values()) as unknown[][]
    } finally {
      await sql.end({ timeout: 1 })
    }
  }

const withSession = async (
  target: DatabaseTarget,
  work: (session: Session) => Promise<unknown>,
): Promise<void> => {
  const session = await Session.open(sessionOptions(target))
  try {
    await work(session)
  } finally {
    await session.close()
  }
}

const roles = ['owner', 'runtime', 'counting'] as const

/** A database `name`; tenants' tables only, or those of the control database too. */
export const createDatabase = async (
  serverUrl: string,
  name: string,
  kind: 'tenant' | 'control' = 'tenant',
): Promise<TestDatabase> => {
  const server = targetFromUrl(serverUrl)
  const atServer = queryAs(server)
  for (const role of roles)
    await atServer(
      `create role ${name}_${role} ${role === 'owner' ? '' : `login password '${name}'`}`,
    )
  await atServer(`create database ${name} owner ${name}_owner`)
  await atServer(`revoke all on database ${name} from public`)
  await atServer(`grant connect on database ${name} to ${name}_runtime, ${name}_counting`)
  const administrator = { ...server, database: name }
  await withSession(administrator, async (session) => {
    await session.script(`set role ${name}_owner`)
    await migrate(session, kind === 'tenant' ? tenantMigrations : controlMigrations)
    await session.script(`${runtimeGrants(`${name}_runtime`)}; ${mspGrants(`${name}_counting`)}`)
  })
  const as = (role: string): DatabaseTarget => ({
    ...administrator,
    user: `${name}_${role}`,
    password: name,
  })
  return {
    administrator,
    runtime: as('runtime'),
    counting: as('counting'),
    query: queryAs(administrator),
  }
}

/** A store with a budget of its own; the caller closes it. */
export const openTestStore = (
  target: DatabaseTarget,
  options: Partial<PostgresStoreOptions> = {},
): Store =>
  createPostgresStore({
    target,
    budget: new ConnectionBudget(4, systemClock),
    node: 'test',
    allowUnsafeFsync: false,
    ...options,
  })
