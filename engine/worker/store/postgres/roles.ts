// Roles of tenants and the MSP's counting role. Every step may run again. A role of that name that is more than it may
// be, or that somebody else made, is refused, never adopted. Passwords leave as SCRAM verifiers only.
import { scramVerifier } from '../../../scram.js'
import { quoted, verifierLiteral } from './identifiers.js'
import { runAs } from './maintenance.js'
import { refusal } from './refusal.js'
import type { Session } from './session.js'
import { countingRole, type TenantNames } from './tenant-names.js'

/** Over all engines: more than they need, and less than would take a server from the other tenants. */
const connectionLimit = 32

const stateOfRole = `
  select r.rolcanlogin,
    r.rolsuper or r.rolcreatedb or r.rolcreaterole or r.rolreplication or r.rolbypassrls
      or exists (select from pg_catalog.pg_auth_members m where m.member = r.oid),
    pg_catalog.pg_has_role(session_user, r.oid, 'SET')
  from pg_catalog.pg_roles r where r.rolname = $1::name`

interface RoleState {
  readonly canLogin: boolean
  /** Has attributes of an administrator or is a member of another role. */
  readonly isMore: boolean
  readonly canBeSet: boolean
}

const roleState = async (session: Session, role: string): Promise<RoleState | undefined> => {
  const [row] = await session.query({ text: stateOfRole, parameters: [role] })
  if (row === undefined) return undefined
  return { canLogin: row[0] === true, isMore: row[1] === true, canBeSet: row[2] === true }
}

/** Who makes a role may administrate it; without `set` nobody is it, and without `inherit` its rights stay apart. */
const grantSet = (role: string): string =>
  `grant ${quoted(role)} to session_user with set true, inherit false`

const makeIfMissing = async (session: Session, role: string): Promise<void> => {
  if ((await roleState(session, role)) === undefined)
    await session.script(`create role ${quoted(role)}`)
}

const check = async (session: Session, role: string, canLogin: boolean): Promise<void> => {
  const state = await roleState(session, role)
  if (state?.canLogin !== canLogin || state.isMore)
    throw refusal('A role of this name exists and may more than a role of a tenant may')
}

const ensureOwner = async (session: Session, role: string): Promise<void> => {
  await makeIfMissing(session, role)
  await session.script(`alter role ${quoted(role)} with nologin password null`)
  await session.script(grantSet(role))
  await check(session, role, false)
  const state = await roleState(session, role)
  if (state?.canBeSet !== true) throw refusal('The engine may not act as the owner of this tenant')
}

const ensureLogin = async (session: Session, role: string, password: string): Promise<void> => {
  const verifier = verifierLiteral(scramVerifier(password))
  await makeIfMissing(session, role)
  // A role may give itself defaults: they go.
  await session.script(`alter role ${quoted(role)} reset all`)
  await session.script(
    `alter role ${quoted(role)} with login noinherit connection limit ${connectionLimit} password ${verifier}`,
  )
  await check(session, role, true)
}

export const ensureTenantRoles = async (
  session: Session,
  { ownerRole, runtimeRole }: TenantNames,
  runtimePassword: string,
): Promise<void> => {
  await ensureOwner(session, ownerRole)
  await ensureLogin(session, runtimeRole, runtimePassword)
}

export const ensureCounting = (session: Session, password: string): Promise<void> =>
  ensureLogin(session, countingRole, password)

// Nobody but a member of a role, or who may signal all, may end its sessions; as itself the role may.
const endSessions = `
  select pg_catalog.pg_terminate_backend(pid, 5000) from pg_catalog.pg_stat_activity
  where usename = current_user and pid <> pg_catalog.pg_backend_pid()`

/** The role may not log in any more, and what it has open ends. A role that is not there is no error. */
export const stopLogin = async (session: Session, role: string): Promise<void> => {
  if ((await roleState(session, role)) === undefined) return
  await session.script(`alter role ${quoted(role)} with nologin`)
  await session.script(grantSet(role))
  await runAs(session, role, [endSessions])
}

export const allowLogin = async (session: Session, role: string): Promise<void> => {
  await session.script(`alter role ${quoted(role)} with login`)
  await check(session, role, true)
}

/** After its database: what a role owns or may keeps it alive. */
export const dropRole = (session: Session, role: string): Promise<void> =>
  session.script(`drop role if exists ${quoted(role)}`)
