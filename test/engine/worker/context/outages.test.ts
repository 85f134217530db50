// An outage is told when it begins and when it is over; in between it is counted.
import t from 'tap'
import { createLog } from '../../../../engine/log.js'
import { newId, type TenantId } from '../../../../engine/ids.js'
import { Outages } from '../../../../engine/worker/context/outages.js'
import { failure } from '../../../../engine/worker/store/postgres/faults.js'
import { DatabaseFault } from '../../../../engine/worker/store/postgres/faults.js'

t.test('told once, counted, told to be over', async (t) => {
  const lines: { msg: string; count?: number }[] = []
  const log = createLog('info', { write: (line) => void lines.push(JSON.parse(line)) })
  const time = { now: 0 }
  const outages = new Outages(log, { now: () => time.now })
  const [acme, contoso] = [newId() as TenantId, newId() as TenantId]
  const error = failure('unavailable', new DatabaseFault('ECONNREFUSED'))
  for (let i = 0; i < 1_000; i++) outages.failed(acme, 'database_unavailable', error)
  outages.failed(contoso, 'audit_unavailable', error)
  const told = { tenantId: acme, code: 'database_unavailable', reason: /nobody listens there/ }
  t.equal(lines.length, 2)
  t.match(lines[0], told)
  t.equal(outages.failures, 1_001)
  time.now = 2_500
  outages.reached(acme)
  outages.reached(acme)
  t.match(lines.slice(2), [{ msg: /reached again/, count: 1_000, durationMs: 2_500 }])
  outages.failed(acme, 'database_unavailable', error)
  t.match(lines.at(-1), told, 'the next one is told again')
})
