// Two nodes that start at the same moment both go on with what a killed one left: each provisioning ends once, well.
import { join } from 'node:path'
import t from 'tap'
import { installationId } from '../../../engine/ids.js'
import { targetFromUrl } from '../../../engine/worker/store/postgres/target.js'
import { type Json, apiOf, signInAdmin } from '../../support/api.js'
import { queryAs } from '../../support/database.js'
import { startEngine, startServer } from '../../support/engine.js'
import { lockTable } from '../../support/locked.js'
import { until } from '../../support/until.js'

const codes = Array.from({ length: 6 }, (_, i) => `tenant-${i}`)

t.test('both resume the same provisionings', async (t) => {
  const server = await startServer(t, 120)
  const base = { RPPAM_DATABASE_URL: server.engineUrl, RPPAM_DATABASE_MAX_CONNECTIONS: '20' }
  const first = await startEngine(t, { env: base })
  const token = await signInAdmin(first)
  const hold = (table: string) => lockTable(t, server, 'rppam_control', table)
  const goOn = await hold('rppam.tenant_kek')
  for (const shortCode of codes)
    await apiOf(first.url)('POST', 'msp/tenants', {
      token,
      body: { shortCode, displayName: shortCode, contactEmail: 'it@acme.example' },
    })
  await first.kill()
  await goOn()
  const release = await hold('rppam.operation')
  const env = {
    ...base,
    RPPAM_BOOTSTRAP_PASSWORD: first.adminPassword,
    RPPAM_KEYS_MEK_FILE: join(first.dataDir, 'mek.key'),
  }
  const nodes = await Promise.all(
    ['left', 'right'].map((name) => startEngine(t, { env: { ...env, RPPAM_NODE_NAME: name } })),
  )
  const [left, right] = nodes as [(typeof nodes)[0], (typeof nodes)[0]]
  // Both stand before the same operations.
  await release()
  const admin = await signInAdmin(left)
  const listed = async (): Promise<readonly Json[]> =>
    (await apiOf(right.url)('GET', 'msp/tenants?pageSize=200', { token: admin }))
      .body as unknown as readonly Json[]
  await until(async () => (await listed()).every((tenant) => tenant['status'] !== 'provisioning'))
  t.strictSame(
    (await listed()).map((tenant) => tenant['status']),
    codes.map(() => 'active'),
  )
  const { usage } = (await apiOf(left.url)('GET', 'admin/license', { token: admin })).body
  t.match(usage, { tenants: codes.length, users: codes.length }, 'each billed once')
  const keks = await queryAs({ ...targetFromUrl(server.url), database: 'rppam_control' })(
    `select parent from rppam.tenant_kek where parent <> '${installationId}'`,
  )
  t.equal(keks.length, codes.length, 'one key each')
  await Promise.all([left.stop(), right.stop()])
  const said = left.output() + right.output()
  t.match(said, /another node goes on/, 'one leaves it to the other')
  t.notMatch(said, /failed/)
})
