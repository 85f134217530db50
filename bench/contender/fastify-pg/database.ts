// The baseline's database: plain tables with the indexes they need, one tenant, its entries stored.
import { Client, type Pool } from 'pg'
import { newId } from '../../../engine/ids.js'
import { databaseAt } from '../count-rows.js'
import type { BenchEntry } from '../entry.js'
import type { TokenIdentity } from '../token.js'
import { seal } from './seal.js'

const tables = `
  create table users (
    id uuid primary key, username text not null unique, status text not null, roles text[] not null);
  create table sessions (
    id uuid primary key, user_id uuid not null references users, expires timestamptz not null, revoked timestamptz);
  create table permissions (
    id uuid primary key, principal_type text not null, principal_id text not null, folder text not null,
    rights text[] not null);
  create index on permissions (principal_type, principal_id);
  create table entries (
    id uuid primary key, name text not null, folder text not null, type text not null, version integer not null,
    fields bytea not null, deleted timestamptz, unique (folder, name));
  create table audit_head (tenant uuid primary key, sequence bigint not null, hash bytea not null);
  create table audit_events (
    sequence bigint primary key, id uuid not null, time timestamptz not null, actor uuid not null, action text not null,
    target uuid not null, outcome text not null, record text not null, hash bytea not null);
  create index on audit_events (time);`

/** Makes the database and answers its address. */
export const makeDatabase = async (serverUrl: string): Promise<string> => {
  const server = new Client({ connectionString: serverUrl })
  await server.connect()
  await server.query('create database baseline')
  await server.end()
  return databaseAt(serverUrl, 'baseline')
}

const seedAccess = async (pool: Pool, { tenant, user, session }: TokenIdentity): Promise<void> => {
  await pool.query(
    `insert into users values ($1, 'admin@bench.example', 'active', '{pam_admin}')`,
    [user],
  )
  await pool.query(`insert into sessions values ($1, $2, now() + interval '1 day', null)`, [
    session,
    user,
  ])
  await pool.query(
    `insert into permissions values ($1, 'role', 'pam_admin', '/', '{list,read,write,manage}')`,
    [newId()],
  )
  await pool.query(`insert into audit_head values ($1, 0, $2)`, [tenant, Buffer.alloc(32)])
}

/** Tables and rows; answers the entries' ids. */
export const seed = async (
  pool: Pool,
  identity: TokenIdentity,
  entries: readonly BenchEntry[],
  key: Buffer,
): Promise<string[]> => {
  await pool.query(tables)
  await seedAccess(pool, identity)
  const ids = entries.map(() => newId())
  for (const [index, { name, folder, type, fields }] of entries.entries()) {
    const id = ids[index]!
    const values = [id, name, folder, type, seal(key, id, fields)]
    await pool.query(`insert into entries values ($1, $2, $3, $4, 1, $5)`, values)
  }
  await pool.query('analyze')
  return ids
}
