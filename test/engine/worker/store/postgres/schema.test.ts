// Every plain column is on a closed list (FORMATS §4); tenants' databases hold no function, trigger or other code.
import t from 'tap'
import { tables, tenantTables } from '../../../../../engine/worker/store/store.js'
import { createDatabase } from '../../../../support/database.js'
import { sharedServer } from '../../../../support/shared.js'

const rowColumns = 'id parent version state created_time updated_time expires_time doc secret'
const others: Readonly<Record<string, string>> = {
  row_index: 'tbl row_id idx_name index_version idx is_unique',
  audit_block:
    'chain first_seq count secret_reads epoch first_time last_time filter content_hash sealed mac',
  tenant_state: 'id access_epoch sealed',
  wrapped_key: 'purpose version wrapped key_commit layers created_time retired_time',
  outbox: 'id type time data',
  schema_migration: 'version name checksum applied_time',
  audit_count: 'bucket_start events first_time last_time',
}

const expected = (names: readonly string[]): string[] =>
  [...names.map((name) => [name, rowColumns]), ...Object.entries(others)]
    .flatMap(([table, columns]) => columns!.split(' ').map((column) => `${table}.${column}`))
    .sort()

const columnsOf = `select c.relname || '.' || a.attname from pg_attribute a
  join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'rppam' and c.relkind not in ('i', 'I') and a.attnum > 0 and not a.attisdropped`

t.test('the columns are those of the list', async (t) => {
  const server = await sharedServer(t)
  const tenant = await createDatabase(server.url, 'lists')
  const control = await createDatabase(server.url, 'directory', 'control')
  const listed = async (query: typeof tenant.query) => (await query(columnsOf)).flat().sort()
  t.same(await listed(tenant.query), expected(tenantTables))
  t.same(await listed(control.query), expected(tables))

  const none = async (text: string) => t.same(await tenant.query(text), [], text)
  await none(`select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('rppam', 'public')`)
  await none('select tgname from pg_trigger')
  await none(`select rulename from pg_rules where schemaname = 'rppam'`)
  await none(`select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public'`)
  await none(`select attname from pg_attribute a join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'rppam' and c.relkind = 'r'
    and attname in ('doc', 'secret', 'detail') and attstorage <> 'e'`)
  await none(`select relname from pg_class c join pg_roles r on r.oid = c.relowner
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'rppam' and r.rolname <> 'lists_owner'`)
})
