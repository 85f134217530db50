// Holds a row so that a transaction of the engine stops in its middle, and sees it stand there.
import postgres from 'postgres'
import type { Test } from 'tap'
import type { Uuid } from '../../../../../engine/ids.js'
import type { TestDatabase } from '../../../../support/database.js'

/** Locks an entry in a transaction of its own. Answers what lets it go. */
export const blockRow = async (
  t: Pick<Test, 'teardown'>,
  { administrator }: TestDatabase,
  id: Uuid,
): Promise<() => Promise<void>> => {
  const { host, port, database, user, password } = administrator
  const sql = postgres({ host, port, database, user, password, max: 1 })
  t.teardown(() => sql.end({ timeout: 0 }))
  await sql.unsafe('begin')
  await sql`select 1 from rppam.vault_entry where id = ${id} for update`
  return async () => {
    await sql.unsafe('commit')
    await sql.end({ timeout: 1 })
  }
}

const waiting = `select pid from pg_stat_activity
  where application_name = 'rppam/test' and datname = current_database() and wait_event_type = 'Lock'
  order by xact_start`

/** Processes of the engine that wait for a lock, oldest first; `but` is not counted. */
export const untilWaiting = async (
  { query }: TestDatabase,
  count: number,
  but: number | null = null,
): Promise<number[]> => {
  for (let attempt = 0; attempt < 500; attempt++) {
    const pids = (await query(waiting)).map(([pid]) => pid as number).filter((pid) => pid !== but)
    if (pids.length >= count) return pids
  }
  throw new Error('nobody waits for the lock')
}
