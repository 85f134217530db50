// Somebody with the control database alters what a provisioning is to go on with: it is found, on record, and ends; the
// others go on.
import t from 'tap'
import { actions, outcomes } from '../../../engine/worker/audit/actions.js'
import { targetFromUrl } from '../../../engine/worker/store/postgres/target.js'
import { apiOf, signInAdmin } from '../../support/api.js'
import { queryAs } from '../../support/database.js'
import { startEngine, startServer } from '../../support/engine.js'
import { installationEvents, outcomesOf } from '../../support/installation-log.js'
import { lockTable } from '../../support/locked.js'
import { until } from '../../support/until.js'

const codes = ['operation', 'tenant-row', 'gone', 'untouched'] as const

t.test('altered between two starts', async (t) => {
  const server = await startServer(t)
  const query = queryAs({ ...targetFromUrl(server.url), database: 'rppam_control' })
  const first = await startEngine(t, { env: { RPPAM_DATABASE_URL: server.engineUrl } })
  const token = await signInAdmin(first)
  const release = await lockTable(t, server, 'rppam_control', 'rppam.tenant_kek')
  const made = await Promise.all(
    codes.map((shortCode) =>
      apiOf(first.url)('POST', 'msp/tenants', {
        token,
        body: { shortCode, displayName: shortCode, contactEmail: 'it@acme.example' },
      }),
    ),
  )
  await first.kill()
  await release()
  const id = Object.fromEntries(codes.map((code, i) => [code, made[i]?.body['id']]))
  const [running] = await query('select count(*) from rppam.operation where state = 0')
  t.equal(Number(running?.[0]), codes.length, 'nothing had ended')
  const flipped = 'doc = set_byte(doc, 60, 255 - get_byte(doc, 60))'
  await query(`update rppam.operation set ${flipped} where parent = '${id['operation']}'`)
  await query(`update rppam.tenant set ${flipped} where id = '${id['tenant-row']}'`)
  await query(`delete from rppam.operation where parent = '${id['gone']}'`)

  const second = await startEngine(t, {
    dataDir: first.dataDir,
    env: { RPPAM_DATABASE_URL: server.engineUrl, RPPAM_BOOTSTRAP_PASSWORD: first.adminPassword },
  })
  const call = apiOf(second.url)
  const admin = await signInAdmin(second)
  const statusOf = async (code: string): Promise<unknown> => {
    const { status, body } = await call('GET', `msp/tenants/${id[code]}`, { token: admin })
    return status === 200 ? body['status'] : body['code']
  }
  await until(async () => (await statusOf('untouched')) !== 'provisioning')
  t.equal(await statusOf('untouched'), 'active')
  t.equal(await statusOf('operation'), 'failed')
  t.equal(await statusOf('gone'), 'failed')
  t.equal(await statusOf('tenant-row'), 'integrity_failure')
  const events = await installationEvents(second, server.url)
  t.equal(events.filter(({ action }) => action === actions['tenant.activate']).length, 1)
  for (const code of ['operation', 'tenant-row', 'gone'] as const) {
    const recorded = outcomesOf(events, id[code], actions.request)
    t.ok(recorded.includes(outcomes.failure), `${code}: on record`)
  }
  const retried = await call('POST', `msp/tenants/${id['operation']}/retry`, { token: admin })
  t.strictSame([retried.status, retried.body['code']], [500, 'integrity_failure'])
  await second.stop()
})
