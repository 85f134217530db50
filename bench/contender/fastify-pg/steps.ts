// The steps of a read, one query each, in the order one would write them down.
import type { Pool, Statement } from 'pg'

export interface User {
  readonly id: string
  readonly roles: readonly string[]
}

export interface Permission {
  readonly folder: string
  readonly rights: readonly string[]
}

export interface StoredEntry {
  readonly id: string
  readonly folder: string
  readonly version: number
  readonly fields: Buffer
}

export interface AuditEvent {
  readonly id: string
  readonly time: string
  readonly tenant: string
  readonly actor: string
  readonly action: string
  readonly target: string
  readonly outcome: string
  readonly requestId: string
  readonly clientAddress: string
}

/** Named: parsed and planned once a connection. */
const statement = (name: string, text: string, values: readonly unknown[]): Statement => ({
  name,
  text,
  values,
})

export const findUser = async (pool: Pool, session: string): Promise<User | undefined> => {
  const text = `select u.id, u.roles from sessions s join users u on u.id = s.user_id
     where s.id = $1 and s.revoked is null and s.expires > now() and u.status = 'active'`
  return (await pool.query<User>(statement('user', text, [session]))).rows[0]
}

export const findPermissions = async (pool: Pool, { id, roles }: User): Promise<Permission[]> => {
  const text = `select folder, rights from permissions
     where (principal_type = 'user' and principal_id = $1) or (principal_type = 'role' and principal_id = any($2))`
  return (await pool.query<Permission>(statement('permissions', text, [id, roles]))).rows
}

export const findEntry = async (pool: Pool, id: string): Promise<StoredEntry | undefined> => {
  const text = `select id, folder, version, fields from entries where id = $1 and deleted is null`
  return (await pool.query<StoredEntry>(statement('entry', text, [id]))).rows[0]
}

const covers = (folder: string, inner: string): boolean =>
  folder === '/' || inner === folder || inner.startsWith(`${folder}/`)

export const allows = (rules: readonly Permission[], folder: string, right: string): boolean =>
  rules.some((rule) => covers(rule.folder, folder) && rule.rights.includes(right))

const values = (event: AuditEvent): unknown[] => {
  const { id, time, actor, action, target, outcome } = event
  return [id, time, actor, action, target, outcome, JSON.stringify(event)]
}

/** Chained and committed, in one statement: the head's row lock orders the writers. */
export const audit = async (pool: Pool, event: AuditEvent): Promise<void> => {
  const text = `with head as (
       update audit_head set sequence = sequence + 1, hash = sha256(hash || convert_to($7, 'UTF8'))
       where tenant = $8 returning sequence, hash)
     insert into audit_events select sequence, $1, $2, $3, $4, $5, $6, $7, hash from head`
  await pool.query(statement('audit', text, [...values(event), event.tenant]))
}
