// Databases of the server that every login may enter, because PUBLIC may connect. A tenant's role would reach them too,
// so that no tenant is made beside one (FORMATS §7). Whatever the engine may close, it closes.
import { isIdentifier, quoted } from './identifiers.js'
import { runAs } from './maintenance.js'
import { refusal } from './refusal.js'
import type { Session } from './session.js'

const openDatabases = `
  select d.datname::text, pg_catalog.pg_get_userbyid(d.datdba)::text,
    pg_catalog.pg_has_role(session_user, d.datdba, 'USAGE'),
    pg_catalog.pg_has_role(session_user, d.datdba, 'SET')
  from pg_catalog.pg_database d
  where d.datallowconn and d.datconnlimit <> -2 and exists (
    select from pg_catalog.aclexplode(
      coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a
    where a.grantee = 0 and a.privilege_type = 'CONNECT')
  order by 1`

interface OpenDatabase {
  readonly name: string
  readonly owner: string
  readonly isOurs: boolean
  readonly isOfRoleOfOurs: boolean
}

const findOpen = async (session: Session): Promise<OpenDatabase[]> => {
  const rows = await session.query({ text: openDatabases, parameters: [] })
  return rows.map(([name, owner, isOurs, isOfRoleOfOurs]) => ({
    name: String(name),
    owner: String(owner),
    isOurs: isOurs === true,
    isOfRoleOfOurs: isOfRoleOfOurs === true && isIdentifier(String(owner)),
  }))
}

const close = async (session: Session, database: OpenDatabase): Promise<void> => {
  if (!isIdentifier(database.name)) return
  const revoke = `revoke connect on database ${quoted(database.name)} from public`
  if (database.isOurs) await session.script(revoke)
  else if (database.isOfRoleOfOurs) await runAs(session, database.owner, [revoke])
}

/** For the person who has to close them: names that may stand in an answer, and how many. */
const describe = (open: readonly OpenDatabase[]): string => {
  const names = open.map(({ name }) => name).filter((name) => /^[\w-]{1,63}$/.test(name))
  const shown = names.slice(0, 5).join(', ')
  return `PUBLIC may connect to ${open.length} other database(s) of this server (${shown}): revoke it`
}

/** How many databases were closed; throws `provisioning_refused` when one is left open. */
export const closeToPublic = async (session: Session): Promise<number> => {
  const before = await findOpen(session)
  if (before.length === 0) return 0
  for (const database of before) await close(session, database)
  // A revoke on a database one does not own does nothing and says so to nobody.
  const after = await findOpen(session)
  if (after.length > 0) throw refusal(describe(after))
  return before.length
}
