// A server under administration, for tests: tenants made by the steps of a provisioning, and logins of all kinds.
import postgres from 'postgres'
import { systemClock } from '../../../../../engine/clock.js'
import {
  Administration,
  tenantNamesOf,
  type TenantNames,
} from '../../../../../engine/worker/store/postgres/administration.js'
import { startServer, type TestServer } from '../../../../support/engine.js'
import { silentLog } from '../../../../support/template.js'

interface Teardown {
  teardown(end: () => Promise<void>): void
}

export const passwordOf = (names: Pick<TenantNames, 'runtimeRole'>): string =>
  `password of ${names.runtimeRole}`
export const countingPassword = 'password of the counting role'

/** `url` is the engine's login, or a superuser's. */
export const administer = (t: Teardown, url: string): Administration => {
  const administration = new Administration({
    url,
    node: 'test',
    allowUnsafeFsync: false,
    visits: 4,
    log: silentLog,
    clock: systemClock,
  })
  t.teardown(() => administration.close())
  return administration
}

export interface AdministeredServer extends TestServer {
  readonly administration: Administration
}

/** A server with the control database and the counting role. */
export const startAdministered = async (
  t: Parameters<typeof startServer>[0] & Teardown,
  login: 'engine' | 'superuser' = 'engine',
): Promise<AdministeredServer> => {
  const server = await startServer(t)
  const administration = administer(t, login === 'engine' ? server.engineUrl : server.url)
  await administration.openControl()
  await administration.ensureCountingRole(countingPassword)
  return { ...server, administration }
}

/** Every step of a provisioning that this folder has. */
export const provision = async (
  administration: Administration,
  shortCode: string,
): Promise<TenantNames> => {
  const names = tenantNamesOf(shortCode)
  await administration.refusePublicConnect()
  await administration.createRoles(names, passwordOf(names))
  await administration.createDatabase(names)
  await administration.migrateTenant(names)
  return names
}

export interface Login {
  readonly user?: string
  readonly password?: string
  readonly database?: string
}

/** A client of the server at `url` that logs in as somebody else, or somewhere else; it ends with the test. */
export const logIn = (t: Teardown, url: string, login: Login = {}): postgres.Sql => {
  const sql = postgres(url, { ...login, max: 1, onnotice: () => undefined })
  t.teardown(() => sql.end({ timeout: 1 }))
  return sql
}

export const runtimeOf = (names: TenantNames): Required<Login> => ({
  user: names.runtimeRole,
  password: passwordOf(names),
  database: names.databaseName,
})

/** The SQLSTATE that a statement fails with; 'allowed' when it does not. */
export const sqlStateOf = async (sql: postgres.Sql, statement: string): Promise<string> => {
  try {
    await sql.unsafe(statement)
    return 'allowed'
  } catch (error) {
    return String((error as { code?: unknown }).code)
  }
}

/** What a new tenant must be able to do. */
export const works = async (t: Teardown, url: string, names: TenantNames): Promise<boolean> => {
  const sql = logIn(t, url, runtimeOf(names))
  const [row] = await sql`select count(*)::int as events from rppam.audit_block`
  return row?.['events'] === 0
}
