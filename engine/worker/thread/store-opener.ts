// How a thread opens stores: all of its databases share its part of the connection budget.
import { systemClock } from '../../clock.js'
import type { WorkerOptions } from '../../task/options.js'
import type { OpenStore } from '../context/open-tenant.js'
import { ConnectionBudget } from '../store/postgres/budget.js'
import { createPostgresStore } from '../store/postgres/postgres-store.js'
import { defaultLimits, type SessionLimits, visitLimits } from '../store/postgres/target.js'

type Opening = Pick<WorkerOptions, 'connections' | 'node' | 'allowUnsafeFsync'>

export const storeOpener = (
  { connections, node, allowUnsafeFsync }: Opening,
  limits: SessionLimits = defaultLimits,
): OpenStore => {
  const budget = new ConnectionBudget(connections, systemClock)
  return (target) => createPostgresStore({ target, budget, node, allowUnsafeFsync, limits })
}

export interface ManagementOpeners {
  readonly openStore: OpenStore
  readonly openTenantStore: OpenStore
  /** Connections that are left for visits: counts and pings. */
  readonly visits: number
}

/** Databases of tenants that hang take neither the control database's connections nor those of visits. */
export const managementOpeners = (options: Opening): ManagementOpeners => {
  const control = Math.min(2, options.connections - 1)
  const left = options.connections - control
  const tenants = Math.ceil(left / 2)
  return {
    openStore: storeOpener({ ...options, connections: control }),
    openTenantStore: storeOpener({ ...options, connections: tenants }, visitLimits),
    visits: left - tenants,
  }
}
