// Administration of one PostgreSQL server: the control database, and roles and databases of tenants (FORMATS §7). Every
// step may run again, also after a SIGKILL in the middle of it. It must never run a statement in a tenant's database but
// as its owner, on the catalog alone, or as the counting role; and no name gets into SQL that is not checked.
import type { Clock, Milliseconds } from '../../../clock.js'
import type { Log } from '../../../log.js'
import { Bulkhead } from '../bulkhead.js'
import { StoreError } from '../store.js'
import { readAuditCounts, touchAudit, type AuditCounts, type Bucket } from './audit-counts.js'
import { Connections } from './connections.js'
import {
  dropTenantDatabase,
  ensureControlDatabase,
  ensureTenantDatabase,
  hasTenantDatabases,
} from './databases.js'
import { placeOf } from './fault-sentence.js'
import { checkPrivileges } from './fitness.js'
import { quoted } from './identifiers.js'
import { Maintenance } from './maintenance.js'
import { migrate } from './migrate.js'
import { closeToPublic } from './public-connect.js'
import { allowLogin, dropRole, ensureCounting, ensureTenantRoles, stopLogin } from './roles.js'
import { controlMigrations, mspGrants, runtimeGrants, tenantMigrations } from './schema.js'
import type { Session } from './session.js'
import {
  defaultLimits,
  schemaName,
  targetFromUrl,
  visitLimits,
  visitMs,
  type DatabaseTarget,
} from './target.js'
import { controlDatabase, countingRole, type TenantNames } from './tenant-names.js'

export { controlDatabase, countingRole, tenantNamesOf, type TenantNames } from './tenant-names.js'
export type { AuditCount, AuditCounts, Bucket } from './audit-counts.js'

export interface AdministrationOptions {
  /** Of the engine's login (LOGIN, CREATEDB, CREATEROLE), at the maintenance database. */
  readonly url: string
  readonly node: string
  readonly allowUnsafeFsync: boolean
  /** Connections for counts and pings of all tenants together, of this engine's part of the budget; at least two. */
  readonly visits: number
  readonly log: Log
  readonly clock: Clock
}

export interface ControlDatabase {
  readonly target: DatabaseTarget
  /** Whether this call made it. */
  readonly created: boolean
  /** Whether a tenant's database stands beside it, of whatever installation. */
  readonly besideTenants: boolean
}

/** A database, whoever logs in. */
export type DatabasePlace = Pick<DatabaseTarget, 'host' | 'port' | 'database' | 'tls'>

// Of migrations, and of CREATE DATABASE on a busy disk; not of requests.
const patient = { ...defaultLimits, statementMs: 120_000 }
/** Of a job that makes or migrates a database, waiting included. */
const jobMs: Milliseconds = 600_000

const bulkheadOf = (connections: number, clock: Clock): Bulkhead => {
  const slowPlaces = Math.max(1, Math.floor(connections / 2))
  const places = Math.max(1, connections - slowPlaces)
  return new Bulkhead({ places, slowPlaces, slowMs: 250, limitMs: visitMs }, clock)
}

/** Few at once, as a migration writes a lot. One that waits for something, not for a busy disk, lets the others past. */
const migrationBulkhead = (clock: Clock): Bulkhead =>
  new Bulkhead({ places: 3, slowPlaces: 2, slowMs: 15_000, limitMs: jobMs }, clock)

// By the owner of the database.
const prepare = `
  create schema if not exists ${schemaName};
  revoke all on schema ${schemaName} from public;
  revoke all on schema public from public`

const migrateControl = async (session: Session, clock: Clock): Promise<void> => {
  await session.script(prepare)
  await migrate(session, controlMigrations, { clock })
}

// One message is one transaction: a tenant at work never sees its grants gone.
const grantsOf = ({ runtimeRole }: TenantNames): string =>
  `${runtimeGrants(runtimeRole)}; ${mspGrants(countingRole)}`

const migrateAsOwner = async (session: Session, names: TenantNames, clock: Clock) => {
  await session.script(`set role ${quoted(names.ownerRole)}`)
  await session.script(prepare)
  await migrate(session, tenantMigrations, { clock })
  await session.script(grantsOf(names))
  await checkPrivileges(session, names)
}

export class Administration {
  readonly #login: DatabaseTarget
  readonly #maintenance: Maintenance
  /** For counts and pings. */
  readonly #visits: Connections
  readonly #migrations: Connections
  #countingPassword: string | null = null

  constructor(private readonly options: AdministrationOptions) {
    const { url, node, allowUnsafeFsync, visits, clock } = options
    this.#login = targetFromUrl(url)
    const patiently = { node, allowUnsafeFsync, limits: patient }
    this.#maintenance = new Maintenance({ ...patiently, target: this.#login })
    this.#migrations = new Connections(patiently, migrationBulkhead(clock))
    this.#visits = new Connections({ ...patiently, limits: visitLimits }, bulkheadOf(visits, clock))
  }

  server(): { host: string; port: number; tls: boolean } {
    const { host, port, tls } = this.#login
    return { host, port, tls }
  }

  /** Before anything is made there. Throws ApiError `provisioning_refused`, or StoreError `unavailable`. */
  reach(): Promise<void> {
    return this.#maintenance.reach()
  }

  /** What was tried, without the password. */
  get place(): string {
    return placeOf(this.#login)
  }

  /** Runs `work` while no other engine of this server does: for the first start. What it throws comes back as it is. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const outcome = await this.#maintenance.run(() =>
      work().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      ),
    )
    if ('error' in outcome) throw outcome.error
    return outcome.value
  }

  /** Makes and migrates the control database; engines that start at once do it one after the other. */
  openControl(): Promise<ControlDatabase> {
    const { clock } = this.options
    const target = { ...this.#login, database: controlDatabase }
    return this.#maintenance.run(async (session) => {
      const created = await ensureControlDatabase(session)
      await this.#migrations.visit(target, (control) => migrateControl(control, clock))
      return { target, created, besideTenants: await hasTenantDatabases(session) }
    })
  }

  /** The cluster-wide role that counts. Its password is kept for auditCounts. */
  async ensureCountingRole(password: string): Promise<void> {
    await this.#maintenance.run((session) => ensureCounting(session, password))
    this.#countingPassword = password
  }

  /** Throws ApiError `provisioning_refused` when PUBLIC may connect to a database that the engine may not close. */
  async refusePublicConnect(): Promise<void> {
    const closed = await this.#maintenance.run(closeToPublic)
    if (closed > 0) this.options.log.warn('databases were closed to PUBLIC', { count: closed })
  }

  /** No role that may log in is made on a server where it could enter somebody else's database. */
  createRoles(names: TenantNames, runtimePassword: string): Promise<void> {
    return this.#maintenance.run(async (session) => {
      await closeToPublic(session)
      await ensureTenantRoles(session, names, runtimePassword)
    })
  }

  /** After the roles and the counting role. */
  createDatabase(names: TenantNames): Promise<void> {
    return this.#maintenance.run((session) => ensureTenantDatabase(session, names))
  }

  /** As the owner; then grants, read back. Throws MigrationRefused too. */
  migrateTenant(names: TenantNames): Promise<void> {
    const { clock } = this.options
    const target = { ...this.#login, database: names.databaseName }
    return this.#migrations.visit(target, (session) => migrateAsOwner(session, names, clock))
  }

  /** The tenant's role may not log in, and its sessions end. */
  suspendRole({ runtimeRole }: TenantNames): Promise<void> {
    return this.#maintenance.run((session) => stopLogin(session, runtimeRole))
  }

  reinstateRole({ runtimeRole }: TenantNames): Promise<void> {
    return this.#maintenance.run((session) => allowLogin(session, runtimeRole))
  }

  /** Ends the tenant's sessions and drops database and roles, or what there is of them. */
  dropTenant(names: TenantNames): Promise<void> {
    return this.#maintenance.run(async (session) => {
      await stopLogin(session, names.runtimeRole)
      await dropTenantDatabase(session, names)
      await dropRole(session, names.runtimeRole)
      await dropRole(session, names.ownerRole)
    })
  }

  /** Always as the counting role, whatever else `place` carries. Whole hours: those that `from` and `to` touch. */
  auditCounts(
    place: DatabasePlace,
    from: Milliseconds,
    to: Milliseconds,
    bucket: Bucket,
  ): Promise<AuditCounts> {
    if (this.#countingPassword === null) return Promise.reject(new StoreError('unavailable'))
    const target = { ...place, user: countingRole, password: this.#countingPassword }
    return this.#visits.visit(target, (session) =>
      readAuditCounts(session, { from, to, bucket, now: this.options.clock.now() }),
    )
  }

  /**
   * How long logging in and one statement took: what a request of a cold tenant waits for. Asks for the audit table too,
   * whose lock would hold up every request; a tenant that has none yet is reached all the same.
   */
  async ping(target: DatabaseTarget): Promise<Milliseconds> {
    const since = this.options.clock.now()
    await this.#visits.visit(target, touchAudit)
    return this.options.clock.now() - since
  }

  /** After what is under way. */
  close(): Promise<void> {
    return this.#maintenance.close()
  }
}
