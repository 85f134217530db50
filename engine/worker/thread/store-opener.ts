// How a thread opens stores: all of its databases share its part of the connection budget.
import { systemClock } from '../../clock.js'
import type { WorkerOptions } from '../../task/options.js'
import type { OpenStore } from '../context/open-tenant.js'
import { ConnectionBudget } from '../store/postgres/budget.js'
import { createPostgresStore } from '../store/postgres/postgres-store.js'
import { defaultLimits, type SessionLimits, visitLimits } from '../store/postgres/target.js'

type Opening = Pick<WorkerOptions, 'connections' | 'node' | 'allowUnsafeFsync'>

export const storeOpener =
  (
    { node, allowUnsafeFsync }: Opening,
    budget: ConnectionBudget,
    limits: SessionLimits = defaultLimits,
  ): OpenStore =>
  (target) =>
    createPostgresStore({ target, budget, node, allowUnsafeFsync, limits })

export const budgetOf = (connections: number): ConnectionBudget =>
  new ConnectionBudget(connections, systemClock)

export interface ManagementOpeners {
  readonly openStore: OpenStore
  readonly openTenantStore: OpenStore
  /** Connections that are left for visits: counts and pings. */
  readonly visits: number
  readonly budgets: readonly ConnectionBudget[]
}

/** Databases of tenants that hang take neither the control database's connections nor those of visits. */
export const managementOpeners = (options: Opening): ManagementOpeners => {
  const control = Math.min(2, options.connections - 1)
  const left = options.connections - control
  const tenants = Math.ceil(left / 2)
  const budgets = [budgetOf(control), budgetOf(tenants)] as const
  return {
    openStore: storeOpener(options, budgets[0]),
    openTenantStore: storeOpener(options, budgets[1], visitLimits),
    visits: left - tenants,
    budgets,
  }
}
