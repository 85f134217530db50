// SIGTERM while a database hangs: the engine ends well all the same, in time, and the tenants that do not hang are
// anchored.
import t, { type Test } from 'tap'
import { targetFromUrl } from '../../../engine/worker/store/postgres/target.js'
import { apiOf, readyTenant, signInAdmin } from '../../support/api.js'
import { queryAs } from '../../support/database.js'
import { type TestServer, startEngine, startServer } from '../../support/engine.js'
import { lockTable } from '../../support/locked.js'

const anchorsOf = async (server: TestServer, tenant: string): Promise<number> => {
  const [row] = await queryAs({ ...targetFromUrl(server.url), database: 'rppam_control' })(
    `select count(*) from rppam.audit_anchor a join rppam.audit_chain c on c.id = a.parent
      where c.parent = '${tenant}'`,
  )
  return Number(row?.[0])
}

const started = async (t: Test) => {
  const server = await startServer(t)
  const engine = await startEngine(t, {
    env: { RPPAM_DATABASE_URL: server.engineUrl, RPPAM_AUDIT_ANCHOR_INTERVAL_MS: '3600000' },
  })
  const admin = await signInAdmin(engine)
  const acme = await readyTenant(engine, admin, 'acme')
  const contoso = await readyTenant(engine, admin, 'contoso')
  const list = (token: string) => apiOf(engine.url)('GET', 'users', { token })
  await list(contoso.token)
  return { server, engine, acme, contoso, list }
}

t.test("a tenant's database hangs", async (t) => {
  const { server, engine, acme, contoso, list } = await started(t)
  const before = await anchorsOf(server, contoso.id)
  await lockTable(t, server, 'rppam_tenant_acme', 'rppam.audit_block')
  const hung = list(acme.token).catch(() => null)
  await list(contoso.token)
  t.strictSame(await engine.stop(), { code: 0, signal: null })
  t.ok((await anchorsOf(server, contoso.id)) > before, 'the other tenant is anchored')
  await hung
})

t.test('the control database hangs', async (t) => {
  const { server, engine, acme, list } = await started(t)
  await lockTable(t, server, 'rppam_control', 'rppam.audit_anchor')
  t.equal((await list(acme.token)).status, 200)
  t.strictSame(await engine.stop(), { code: 0, signal: null })
})
