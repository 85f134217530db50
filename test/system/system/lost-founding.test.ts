// What a database administrator deletes, or a bad restore leaves out, stops the start with one line that names it; the
// engine never founds itself anew over what is left. A first start that was killed half-way goes on.
import t from 'tap'
import { apiOf, readyTenant, signInAdmin } from '../../support/api.js'
import { queryAs } from '../../support/database.js'
import { type TestEngine, startEngine, startServer } from '../../support/engine.js'
import { targetFromUrl } from '../../../engine/worker/store/postgres/target.js'

t.test('a part of the installation is lost', async (t) => {
  const server = await startServer(t)
  const at = (database: string) => queryAs({ ...targetFromUrl(server.url), database })
  const control = at('rppam_control')
  const env = { RPPAM_DATABASE_URL: server.engineUrl, RPPAM_BOOTSTRAP_PASSWORD: 'first password' }
  const first = await startEngine(t, { env })
  const { dataDir } = first
  const start = (more: object = {}): Promise<TestEngine> =>
    startEngine(t, { dataDir, env: { ...env, ...more } })
  await first.stop()

  // All that the last transaction of the first start made: where a SIGKILL before it leaves the database.
  await control('truncate rppam.setting, rppam.user_account, rppam.row_index, rppam.audit_block')
  await control('truncate rppam.audit_anchor')
  await control(`update rppam.tenant_state set access_epoch = 0, sealed = ''`)
  const engine = await start({ RPPAM_BOOTSTRAP_PASSWORD: 'second password' })
  const admin = await signInAdmin(engine)
  const acme = await readyTenant(engine, admin, 'acme')
  t.match((await apiOf(engine.url)('GET', 'audit/verify', { token: acme.token })).body, {
    ok: true,
  })
  await engine.stop()

  const rowsIn = async (table: string): Promise<unknown> =>
    (await control(`select count(*) from rppam.${table}`))[0]![0]
  const refused = async (missing: string): Promise<void> => {
    const started = await startEngine(t, { dataDir, env, wait: false })
    t.match(await started.exited, { code: 1 }, missing)
    const line = new RegExp(`^rppam: the installation was founded, but .* ${missing}: restore .*$`)
    const said = started.output().split('\n')
    t.equal(said.filter((text) => line.test(text)).length, 1, started.output())
  }
  const without = async (table: string, condition: string, missing: string): Promise<void> => {
    await control(`create table public.aside as select * from rppam.${table} where ${condition}`)
    await control(`delete from rppam.${table} where ${condition}`)
    const before = await rowsIn(table)
    await refused(missing)
    t.equal(await rowsIn(table), before, `${missing}: none was made`)
    await control(`insert into rppam.${table} select * from public.aside`)
    await control('drop table public.aside')
  }
  const nobody = `parent = '00000000-0000-0000-0000-000000000000'`
  await without('setting', 'true', 'its founding row')
  await without('user_account', 'true', 'its management users')
  await without('tenant_kek', nobody, 'its KEK')

  const last = await start({ RPPAM_BOOTSTRAP_PASSWORD: 'second password' })
  t.ok(await signInAdmin(last), 'brought back, it starts, and it was founded once')
  t.equal((await apiOf(last.url)('GET', 'tenant', { token: acme.token })).status, 200)
  await last.stop()

  await at('postgres')('drop database rppam_control')
  await refused('its KEK and its CEKs and its founding row')
})
