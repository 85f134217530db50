// How a thread opens stores: all of its databases share its part of the connection budget.
import { systemClock } from '../../clock.js'
import type { WorkerOptions } from '../../task/options.js'
import type { OpenStore } from '../context/open-tenant.js'
import { ConnectionBudget } from '../store/postgres/budget.js'
import { createPostgresStore } from '../store/postgres/postgres-store.js'

export const storeOpener = ({
  connections,
  node,
  allowUnsafeFsync,
}: Pick<WorkerOptions, 'connections' | 'node' | 'allowUnsafeFsync'>): OpenStore => {
  const budget = new ConnectionBudget(connections, systemClock)
  return (target) => createPostgresStore({ target, budget, node, allowUnsafeFsync })
}
