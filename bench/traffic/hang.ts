// A database that hangs: its idle backends are stopped, and those that come later wait for a lock. Only idle ones: one
// that is stopped within its work may hold a lock of the whole server, and then the server hangs, not one database.
import { Client } from 'pg'
import type { HangPlan } from './messages.js'

const idleBackends = `
  select pid from pg_catalog.pg_stat_activity
  where datname = $1 and backend_type = 'client backend' and state = 'idle'`

// Every read of a tenant writes here, and what the provider may see is a view of it.
const lock = `begin; set local lock_timeout = '5s';
  lock table rppam.audit_block in access exclusive mode`

const signal = (pid: number, name: 'SIGSTOP' | 'SIGCONT'): void => {
  try {
    process.kill(pid, name)
  } catch {
    // It ended in the meantime.
  }
}

export class Hang {
  readonly #stopped = new Set<number>()

  private constructor(private readonly client: Client) {}

  get backends(): number {
    return this.#stopped.size
  }

  /** @throws Error when the lock is not to be had */
  static async begin({ url, database }: HangPlan): Promise<Hang> {
    const client = new Client({ connectionString: url })
    await client.connect()
    const hang = new Hang(client)
    try {
      await client.query(lock)
      await hang.#stop(database)
      return hang
    } catch (error) {
      await hang.end()
      throw error
    }
  }

  async end(): Promise<void> {
    for (const pid of this.#stopped) signal(pid, 'SIGCONT')
    await this.client.query('rollback').finally(() => this.client.end())
  }

  /** Which of them are idle is asked again afterwards: between the first answer and the signal one may have begun. */
  async #stop(database: string): Promise<void> {
    for (const pid of await this.#idle(database)) {
      signal(pid, 'SIGSTOP')
      this.#stopped.add(pid)
    }
    const idle = new Set(await this.#idle(database))
    for (const pid of this.#stopped) {
      if (idle.has(pid)) continue
      signal(pid, 'SIGCONT')
      this.#stopped.delete(pid)
    }
  }

  async #idle(database: string): Promise<number[]> {
    const { rows } = await this.client.query<{ pid: number }>(idleBackends, [database])
    return rows.map(({ pid }) => pid)
  }
}
