// The PostgreSQL store keeps every promise of store.ts, on a real server.
import t from 'tap'
import { createDatabase, openTestStore, type TestDatabase } from '../../../../support/database.js'
import { sharedServer } from '../../../../support/shared.js'
import { storeConformance } from '../../../../suites/store.js'
import type { Store } from '../../../../../engine/worker/store/store.js'

const stores: Store[] = []
let database: Promise<TestDatabase> | undefined

/** Empties everything that a test may have left: a database for each would take minutes. */
const wipe = `do $$ declare name text; begin
  for name in select tablename from pg_tables
    where schemaname = 'rppam' and tablename not in ('schema_migration', 'tenant_state')
  loop execute format('delete from rppam.%I', name); end loop;
  update rppam.tenant_state set access_epoch = 0, sealed = '';
end $$`

const makeDatabase = async (): Promise<TestDatabase> =>
  createDatabase((await sharedServer(t)).url, 'conformance', 'control')

storeConformance(async () => {
  const { administrator, query } = await (database ??= makeDatabase())
  for (const store of stores.splice(0)) await store.close()
  await query(wipe)
  const store = openTestStore(administrator)
  stores.push(store)
  return store
})

t.teardown(async () => {
  for (const store of stores) await store.close()
})
