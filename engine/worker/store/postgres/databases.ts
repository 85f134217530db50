// Databases of tenants and of the installation. A new one lets nobody in until its grants are as they must be and were
// read back, so that an engine killed in between leaves nothing that PUBLIC may enter. Every step may run again.
import { quoted } from './identifiers.js'
import { runAs } from './maintenance.js'
import { refusal } from './refusal.js'
import type { Session } from './session.js'
import {
  controlDatabase,
  countingRole,
  tenantDatabasePrefix,
  type TenantNames,
} from './tenant-names.js'

// -2: the server was stopped while it dropped the database; nothing but dropping it again is possible.
const stateOfDatabase = `
  select pg_catalog.pg_get_userbyid(d.datdba)::text, d.datconnlimit = -2,
    pg_catalog.pg_has_role(session_user, d.datdba, 'USAGE')
  from pg_catalog.pg_database d where d.datname = $1::name`

// Whoever may do something with the database and is not its owner.
const grantees = `
  select distinct r.rolname::text, a.privilege_type = 'CONNECT'
    and coalesce(r.rolname in ($2::name, $3::name, session_user), false)
  from pg_catalog.pg_database d
    cross join lateral pg_catalog.aclexplode(
      coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a
    left join pg_catalog.pg_roles r on r.oid = a.grantee
  where d.datname = $1::name and a.grantee <> d.datdba`

interface DatabaseState {
  readonly owner: string
  readonly isHalfDropped: boolean
  readonly isOurs: boolean
}

const databaseState = async (
  session: Session,
  name: string,
): Promise<DatabaseState | undefined> => {
  const [row] = await session.query({ text: stateOfDatabase, parameters: [name] })
  if (row === undefined) return undefined
  return { owner: String(row[0]), isHalfDropped: row[1] === true, isOurs: row[2] === true }
}

// Bytes compare as bytes on every system, and no update of a system's collations breaks an index.
const create = (session: Session, name: string, owner?: string): Promise<void> =>
  session.script(
    `create database ${quoted(name)} with ${owner === undefined ? '' : `owner ${quoted(owner)}`}
       template template0 encoding 'UTF8' locale_provider libc locale 'C' allow_connections false`,
  )

const letIn = (name: string): string => `alter database ${quoted(name)} with allow_connections true`
const shut = (name: string): string => `alter database ${quoted(name)} with allow_connections false`

const requireOwner = (state: DatabaseState, { ownerRole }: TenantNames): void => {
  if (state.owner !== ownerRole)
    throw refusal('A database of the name of this tenant exists and belongs to somebody else')
}

const checkGrants = async (session: Session, names: TenantNames): Promise<void> => {
  const rows = await session.query({
    text: grantees,
    parameters: [names.databaseName, names.runtimeRole, countingRole],
  })
  if (rows.length !== 3 || rows.some(([, isExpected]) => isExpected !== true))
    throw refusal('Others than its roles may use the database of this tenant')
}

export const ensureTenantDatabase = async (session: Session, names: TenantNames): Promise<void> => {
  const { databaseName, ownerRole, runtimeRole } = names
  const state = await databaseState(session, databaseName)
  if (state !== undefined) requireOwner(state, names)
  if (state?.isHalfDropped === true) await dropDatabase(session, names)
  if (state?.isHalfDropped !== false) await create(session, databaseName, ownerRole)
  const database = quoted(databaseName)
  await runAs(session, ownerRole, [
    `revoke all on database ${database} from public`,
    `grant connect on database ${database} to ${quoted(runtimeRole)}, ${countingRole}, session_user`,
  ])
  await checkGrants(session, names)
  await runAs(session, ownerRole, [letIn(databaseName)])
}

// Only the owner may drop it, and not in a transaction. A failure ends the session, and with it the role.
const dropDatabase = async (session: Session, { databaseName, ownerRole }: TenantNames) => {
  await session.script(`set role ${quoted(ownerRole)}`)
  await session.script(`drop database if exists ${quoted(databaseName)}`)
  await session.script('reset role')
}

/** After the end of its sessions. A database that is gone already is no error. */
export const dropTenantDatabase = async (session: Session, names: TenantNames): Promise<void> => {
  const state = await databaseState(session, names.databaseName)
  if (state === undefined) return
  requireOwner(state, names)
  if (!state.isHalfDropped) await runAs(session, names.ownerRole, [shut(names.databaseName)])
  await dropDatabase(session, names)
}

const publicMayUse = `
  select from pg_catalog.pg_database d
    cross join lateral pg_catalog.aclexplode(
      coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a
  where d.datname = $1::name and a.grantee = 0`

/** Whether it was made now. It belongs to the engine's login. */
export const ensureControlDatabase = async (session: Session): Promise<boolean> => {
  const state = await databaseState(session, controlDatabase)
  if (state === undefined) await create(session, controlDatabase)
  else if (!state.isOurs) throw refusal(`${controlDatabase} belongs to somebody else`)
  await session.script(`revoke all on database ${controlDatabase} from public`)
  const open = await session.query({ text: publicMayUse, parameters: [controlDatabase] })
  if (open.length > 0) throw refusal(`PUBLIC may use ${controlDatabase}`)
  await session.script(letIn(controlDatabase))
  return state === undefined
}

const anyTenants = `
  select from pg_catalog.pg_database where pg_catalog.starts_with(datname, $1::text) limit 1`

/** Of any installation. */
export const hasTenantDatabases = async (session: Session): Promise<boolean> =>
  (await session.query({ text: anyTenants, parameters: [tenantDatabasePrefix] })).length > 0
