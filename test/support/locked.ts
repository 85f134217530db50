// A table that nobody may write: whatever would hangs.
import postgres from 'postgres'
import type { Test } from 'tap'
import { targetFromUrl } from '../../engine/worker/store/postgres/target.js'
import type { TestServer } from './engine.js'

/** `server`: by the superuser's address. Until the answer is called, or the test ends. `access exclusive`: nobody reads. */
export const lockTable = async (
  t: Pick<Test, 'teardown'>,
  server: Pick<TestServer, 'url'>,
  database: string,
  table: string,
  mode: 'exclusive' | 'access exclusive' = 'exclusive',
): Promise<() => Promise<void>> => {
  const { host, port, user, password } = targetFromUrl(server.url)
  const client = postgres({ host, port, database, user, password, max: 1 })
  const locker = await client.reserve()
  await locker.unsafe(`begin; lock table ${table} in ${mode} mode`).simple()
  const release = (): Promise<void> => client.end({ timeout: 0 })
  t.teardown(release)
  return release
}
