// What a tenant's runtime role and the counting role may do in a tenant's database, read back after every migration:
// the privileges as PostgreSQL sees them, wherever they come from, not as our grants meant them. Reads the catalog only.
import { refusal } from './refusal.js'
import type { Session } from './session.js'
import { schemaName } from './target.js'
import { countingRole, type TenantNames } from './tenant-names.js'

const ours = `pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = '${schemaName}' and c.relkind in ('r', 'p', 'v', 'm', 'f')`

/** Each answers how often the rule is broken; $1 is the role. */
const ofEveryRole = [
  // Owns something, or has a default privilege of its own.
  `select count(*) from pg_catalog.pg_shdepend d join pg_catalog.pg_roles r on r.oid = d.refobjid
   where d.deptype = 'o' and r.rolname = $1::name
     and d.dbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())`,
  `select count(*) from (values ('CREATE'), ('TEMPORARY')) as p (name)
   where pg_catalog.has_database_privilege($1::name, pg_catalog.current_database(), p.name)`,
  `select count(*) from pg_catalog.pg_namespace n
   where pg_catalog.has_schema_privilege($1::name, n.oid, 'CREATE')`,
  `select count(*) from pg_catalog.pg_namespace n
   where n.nspname = 'public' and pg_catalog.has_schema_privilege($1::name, n.oid, 'USAGE')`,
  `select count(*) from ${ours}
     and pg_catalog.has_table_privilege($1::name, c.oid, 'TRUNCATE, REFERENCES, TRIGGER')`,
]

const ofRuntime = `select count(*) from ${ours} and c.relname = 'audit_block'
  and pg_catalog.has_table_privilege($1::name, c.oid, 'UPDATE, DELETE')`

// One view, nothing else: neither a table nor a column of one.
const ofCounting = `select count(*) - 1 from ${ours}
  and pg_catalog.has_any_column_privilege($1::name, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')`
const ofCountingWrites = `select count(*) from ${ours}
  and pg_catalog.has_table_privilege($1::name, c.oid, 'INSERT, UPDATE, DELETE')`

const broken = async (
  session: Session,
  role: string,
  rules: readonly string[],
): Promise<boolean> => {
  for (const text of rules) {
    const [row] = await session.query({ text, parameters: [role] })
    if (Number(row?.[0]) !== 0) return true
  }
  return false
}

/** Throws `provisioning_refused` when one of them may more than it must. */
export const checkPrivileges = async (session: Session, { runtimeRole }: TenantNames) => {
  const runtimeMayMore = await broken(session, runtimeRole, [...ofEveryRole, ofRuntime])
  const countingRules = [...ofEveryRole, ofCounting, ofCountingWrites]
  if (runtimeMayMore || (await broken(session, countingRole, countingRules)))
    throw refusal('A role of this tenant may more in its database than it must')
}
