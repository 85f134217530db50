// PostgreSQL older than 16 is refused by its version.
import t from 'tap'
import { requireVersion } from '../../../../../engine/worker/store/postgres/maintenance.js'

t.test('15 is too old', async (t) => {
  t.throws(() => requireVersion(150_004), {
    code: 'provisioning_refused',
    detail: 'PostgreSQL 16 or later is needed, and this server is 15.4',
  })
  t.doesNotThrow(() => requireVersion(160_000))
})
