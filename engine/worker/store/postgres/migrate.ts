// Brings one database's schema up to date, each migration in a transaction of its own, whoever else tries it at the
// same time. It must never run against a database that a newer engine has migrated, or one whose history is another.
import { createHash } from 'node:crypto'
import { systemClock, type Clock } from '../../../clock.js'
import type { Migration } from './schema.js'
import type { Session } from './session.js'
import { schemaName } from './target.js'

export interface MigrateOptions {
  readonly clock?: Clock
}

export interface Applied {
  /** The version the database has now. */
  readonly version: number
  /** How many migrations this call ran. */
  readonly count: number
}

/** The database was migrated by a newer engine, or its history is not ours; nothing was changed. */
export class MigrationRefused extends Error {
  constructor(readonly reason: 'newer' | 'changed') {
    super(
      reason === 'newer'
        ? 'the database was migrated by a newer engine'
        : 'the database was migrated by other migrations than ours',
    )
    this.name = 'MigrationRefused'
  }
}

// Any number, the same for all engines. Locks are the database's own.
const lockKey = 7101_0001

const bookkeeping = `
  create schema if not exists ${schemaName};
  create table if not exists ${schemaName}.schema_migration (
    version integer not null,
    name text not null,
    checksum text not null,
    applied_time bigint not null,
    constraint schema_migration_pkey primary key (version)
  )`

const existing = `select to_regclass('${schemaName}.schema_migration') is not null`
const recorded = `select version, checksum from ${schemaName}.schema_migration order by version`
const record = `insert into ${schemaName}.schema_migration (version, name, checksum, applied_time)
  select $1::integer, $2::text, $3::text, $4::bigint`

/** SHA-256, hex, over the statements without their layout. */
export const checksumOf = ({ sql }: Migration): string =>
  createHash('sha256').update(sql.replace(/\s+/g, ' ').trim()).digest('hex')

/** How many of `migrations` have run. Throws MigrationRefused. */
const appliedTo = async (session: Session, migrations: readonly Migration[]): Promise<number> => {
  const rows = await session.query({ text: recorded, parameters: [] })
  for (const [i, [version, checksum]] of rows.entries()) {
    const known = migrations[i]
    if (known === undefined) throw new MigrationRefused('newer')
    if (version !== known.version || checksum !== checksumOf(known))
      throw new MigrationRefused('changed')
  }
  return rows.length
}

const isCurrent = async (session: Session, migrations: readonly Migration[]): Promise<boolean> => {
  const [row] = await session.query({ text: existing, parameters: [] })
  return row?.[0] === true && (await appliedTo(session, migrations)) === migrations.length
}

const inTransaction = async <T>(session: Session, work: () => Promise<T>): Promise<T> => {
  // The lock goes with the transaction, so that nobody can keep it by dying.
  await session.script(`begin; select pg_catalog.pg_advisory_xact_lock(${lockKey})`)
  try {
    const result = await work()
    await session.script('commit')
    return result
  } catch (error) {
    // A connection that is gone has rolled back already.
    await session.script('rollback').catch(() => undefined)
    throw error
  }
}

/** Runs the first migration that is missing. False: there is none. */
const runNext = async (
  session: Session,
  migrations: readonly Migration[],
  clock: Clock,
): Promise<boolean> => {
  const next = migrations[await appliedTo(session, migrations)]
  if (next === undefined) return false
  await session.script(`set local search_path = ${schemaName}, pg_temp`)
  await session.script(next.sql)
  const parameters = [next.version, next.name, checksumOf(next), String(clock.now())]
  await session.query({ text: record, parameters })
  return true
}

/** As the role that owns the objects. Throws MigrationRefused or a DatabaseFault; what ran before it stays. */
export const migrate = async (
  session: Session,
  migrations: readonly Migration[],
  { clock = systemClock }: MigrateOptions = {},
): Promise<Applied> => {
  if (migrations.some(({ version }, i) => version !== i + 1))
    throw new RangeError('migrations are numbered from 1')
  let count = 0
  if (!(await isCurrent(session, migrations))) {
    await inTransaction(session, () => session.script(bookkeeping))
    while (await inTransaction(session, () => runNext(session, migrations, clock))) count++
  }
  return { version: migrations.length, count }
}
