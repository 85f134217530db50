// The schema of tenants' databases and of the control database, as migrations, and what the two roles of a tenant's
// database may do in it. A migration that was released is never edited: its checksum is recorded where it ran. A
// tenant's database must never hold a function or a trigger: they would run with whose rights they are called.
import { directoryTables, type Table, tenantTables } from '../store.js'
import { quoted } from './identifiers.js'
import { schemaName } from './target.js'

export interface Migration {
  /** From 1, without gaps. */
  readonly version: number
  readonly name: string
  /** Statements without parameters; names are found in our schema. */
  readonly sql: string
}

/** Rows of these are never updated and are read by (parent, version). */
const versioned: readonly Table[] = ['vault_entry_version', 'audit_anchor']

// Ciphertext does not compress, so it is not tried. An index that holds `version` would end in-place (HOT) updates of
// the tables whose rows change.
const rowTable = (table: Table): string => `
  create table ${table} (
    id uuid not null,
    parent uuid,
    version bigint not null,
    created_time bigint not null,
    updated_time bigint not null,
    expires_time bigint,
    state smallint not null,
    doc bytea not null,
    secret bytea,
    constraint ${table}_pkey primary key (id)
  )${versioned.includes(table) ? '' : ' with (fillfactor = 85)'};
  alter table ${table}
    alter column doc set storage external,
    alter column secret set storage external;
  ${
    versioned.includes(table)
      ? `create index ${table}_by_parent on ${table} (parent, version desc, id);`
      : `create index ${table}_by_parent on ${table} (parent) where parent is not null;
  create index ${table}_by_state on ${table} (state, id);`
  }`

const rowIndex = `
  create table row_index (
    row_id uuid not null,
    index_version integer not null,
    tbl smallint not null,
    idx_name smallint not null,
    is_unique boolean not null,
    idx bytea not null,
    constraint row_index_pkey primary key (tbl, row_id, idx_name, index_version, idx)
  );
  create unique index row_index_unique on row_index (tbl, idx_name, index_version, idx)
    where is_unique;
  create index row_index_shared on row_index (tbl, idx_name, index_version, idx, row_id)
    where not is_unique;`

/** The hour that a time is in. One index answers pages of events and counts by the hour. */
export const hourOf = (time: string): string => `((${time} / 3600000) * 3600000)`

const auditBlock = `
  create table audit_block (
    chain uuid not null,
    first_seq bigint not null,
    epoch bigint not null,
    first_time bigint not null,
    last_time bigint not null,
    count integer not null,
    secret_reads integer not null,
    filter bytea not null,
    content_hash bytea not null,
    mac bytea not null,
    sealed bytea not null,
    constraint audit_block_pkey primary key (chain, first_seq)
  );
  alter table audit_block
    alter column filter set storage external,
    alter column sealed set storage external;
  create index audit_block_by_time on audit_block
    (${hourOf('last_time')}, last_time, chain, first_seq);`

// One row, updated by every change of access: pages are pruned early and vacuumed often, so that it stays one page. It
// begins without a state: the first is sealed by whoever has the keys, which are younger than the table.
const tenantState = `
  create table tenant_state (
    access_epoch bigint not null,
    id smallint not null default 1,
    sealed bytea not null,
    constraint tenant_state_pkey primary key (id),
    constraint tenant_state_single check (id = 1)
  ) with (
    fillfactor = 10,
    autovacuum_vacuum_threshold = 500,
    autovacuum_vacuum_scale_factor = 0
  );
  insert into tenant_state (access_epoch, sealed) values (0, '');`

const wrappedKey = `
  create table wrapped_key (
    created_time bigint not null,
    retired_time bigint,
    version integer not null,
    purpose smallint not null,
    layers smallint not null,
    wrapped bytea not null,
    key_commit bytea not null,
    constraint wrapped_key_pkey primary key (purpose, version)
  );`

// Filled and emptied all the time.
const outbox = `
  create table outbox (
    id uuid not null,
    time bigint not null,
    type text not null,
    data bytea not null,
    constraint outbox_pkey primary key (id)
  ) with (autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
  alter table outbox alter column data set storage external;`

/** All that the MSP may know of a tenant's audit log: a row an hour. */
const auditCount = `
  create view audit_count with (security_barrier = true) as
    select
      ${hourOf('last_time')} as bucket_start,
      sum(count) as events,
      min(first_time) as first_time,
      max(last_time) as last_time
    from audit_block
    group by 1;`

const tenantSchema = [
  ...tenantTables.map(rowTable),
  rowIndex,
  auditBlock,
  tenantState,
  wrappedKey,
  outbox,
  auditCount,
].join('\n')

export const tenantMigrations: readonly Migration[] = [
  { version: 1, name: 'rows, audit, keys, outbox', sql: tenantSchema },
]

export const controlMigrations: readonly Migration[] = [
  {
    version: 1,
    name: 'rows, audit, keys, outbox, directory',
    sql: [tenantSchema, ...directoryTables.map(rowTable)].join('\n'),
  },
]

const onTables = (tables: readonly string[]): string =>
  tables.map((table) => `${schemaName}.${table}`).join(', ')

// Also takes away what an earlier version gave.
const fromNothing = (role: string): string => `
  revoke all on all tables in schema ${schemaName} from ${role};
  revoke all on schema ${schemaName} from ${role};
  grant usage on schema ${schemaName} to ${role}`

/** What the engine's tenant workers may do. Run by the owner; may run again. */
export const runtimeGrants = (role: string): string => {
  const name = quoted(role)
  return `${fromNothing(name)};
  grant select, insert, update, delete on ${onTables([...tenantTables, 'row_index'])} to ${name};
  grant select, insert on ${onTables(['audit_block', 'wrapped_key'])} to ${name};
  grant select, insert, delete on ${onTables(['outbox'])} to ${name};
  grant select, update (access_epoch, sealed) on ${onTables(['tenant_state'])} to ${name};
  grant select on ${onTables(['schema_migration'])} to ${name}`
}

/** What the MSP's counting role may do. Run by the owner; may run again. */
export const mspGrants = (role: string): string => {
  const name = quoted(role)
  return `${fromNothing(name)};
  grant select on ${onTables(['audit_count'])} to ${name}`
}
