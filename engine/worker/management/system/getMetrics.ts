// GET /metrics: a worker decides who may see them, as it does for everything; the front, which counts, shows them. They
// are shown while the control database is away too, so nothing is asked of it and a scrape is not audited.
import { operation } from '../../request/operation.js'

export const getMetrics = operation('getMetrics', { action: 'metrics.read' }, () =>
  Promise.resolve({ status: 200 }),
)
