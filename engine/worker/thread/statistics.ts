// A thread's numbers, gathered when metrics are asked for.
import { watchEventLoop } from '../../event-loop.js'
import type { ThreadStatistics } from '../../task/statistics.js'
import type { AuditMeter } from '../audit/audit-meter.js'
import type { Tenants } from '../context/open-tenants.js'
import type { Outages } from '../context/outages.js'
import type { ConnectionBudget } from '../store/postgres/budget.js'

interface Counted {
  readonly tenants: Pick<Tenants, 'size'>
  readonly budgets: readonly ConnectionBudget[]
  readonly meter: AuditMeter
  readonly outages: Outages
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

export const statisticsOf = ({ tenants, budgets, meter, outages }: Counted) => {
  const loopDelay = watchEventLoop()
  return (): ThreadStatistics => ({
    openTenants: tenants.size,
    connections: {
      used: sum(budgets.map(({ used }) => used)),
      waiting: sum(budgets.map(({ waiting }) => waiting)),
      max: sum(budgets.map(({ max }) => max)),
    },
    loopDelay: loopDelay(),
    auditLag: meter.lag.read(),
    auditGroup: meter.group.read(),
    outageFailures: outages.failures,
  })
}
