// A tenant's database on a server of its own, made and migrated as provisioning does it, as one login.
import { join } from 'node:path'
import { systemClock } from '../../engine/clock.js'
import { startEmbedded } from '../../engine/embedded/embedded.js'
import { createLog } from '../../engine/log.js'
import { ConnectionBudget } from '../../engine/worker/store/postgres/budget.js'
import { migrate } from '../../engine/worker/store/postgres/migrate.js'
import { createPostgresStore } from '../../engine/worker/store/postgres/postgres-store.js'
import { tenantMigrations } from '../../engine/worker/store/postgres/schema.js'
import { Session } from '../../engine/worker/store/postgres/session.js'
import { defaultLimits, targetFromUrl } from '../../engine/worker/store/postgres/target.js'
import type { Store } from '../../engine/worker/store/store.js'
import type { LayerSetting } from './layer.js'

export interface LayerDatabase {
  readonly store: Store
  /** Of the postmaster. */
  readonly pid: number
}

const name = 'layer'

export const openDatabase = async ({ folder, teardown }: LayerSetting): Promise<LayerDatabase> => {
  const dataDir = join(folder, 'data')
  const embedded = await startEmbedded({ dataDir, maxConnections: 20, log: createLog('silent') })
  teardown.defer(() => embedded.stop())
  const server = targetFromUrl(embedded.url)
  const target = { ...server, database: name }
  const common = { node: 'bench', allowUnsafeFsync: false }
  const run = async (at: typeof target, work: (session: Session) => Promise<unknown>) => {
    const session = await Session.open({ target: at, limits: defaultLimits, ...common })
    await work(session).finally(() => session.close())
  }
  await run(server, (session) => session.script(`create database ${name}`))
  await run(target, (session) => migrate(session, tenantMigrations))
  const budget = new ConnectionBudget(4, systemClock)
  const store = createPostgresStore({ target, budget, ...common })
  teardown.defer(() => store.close())
  return { store, pid: embedded.pid }
}
