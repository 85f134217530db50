// One tenant's database that hangs keeps nobody from another's: it is told as such within two seconds.
import t from 'tap'
import { administrativeServer } from '../../support/administrator.js'
import { type Answer, apiOf, provision, signInAdmin } from '../../support/api.js'
import { startEngine } from '../../support/engine.js'
import { lockTable } from '../../support/locked.js'

t.test('summary, health and set-up token', async (t) => {
  const engine = await startEngine(t)
  const call = apiOf(engine.url)
  const token = await signInAdmin(engine)
  const acme = await provision(engine, token, 'acme')
  const contoso = await provision(engine, token, 'contoso')
  const server = administrativeServer(engine)
  const release = await lockTable(
    t,
    server,
    'rppam_tenant_acme',
    'rppam.audit_block',
    'access exclusive',
  )
  const timed = async (asked: Promise<Answer>): Promise<Answer> => {
    const since = performance.now()
    const answer = await asked
    // The machine may be busy: half as much again.
    t.ok(performance.now() - since < 3_000)
    return answer
  }
  const summary = (id: string) => timed(call('GET', `msp/tenants/${id}/audit/summary`, { token }))
  const health = (id: string) => timed(call('GET', `msp/tenants/${id}/health`, { token }))
  const issue = (id: string) => timed(call('POST', `msp/tenants/${id}/setup-token`, { token }))
  const hung = Promise.all([
    ...Array.from({ length: 8 }, () => summary(acme.id)),
    ...Array.from({ length: 2 }, () => issue(acme.id)),
  ])
  const hungHealth = health(acme.id)
  t.equal((await summary(contoso.id)).status, 200)
  t.match((await health(contoso.id)).body, { status: 'ok', database: { reachable: true } })
  t.equal((await issue(contoso.id)).status, 201)
  for (const { status, body } of await hung)
    if (body['code'] !== 'conflict')
      t.strictSame([status, body['code']], [503, 'database_unavailable'])
  const found = await hungHealth
  t.equal(found.status, 200)
  t.match(found.body, { status: 'unavailable', database: { reachable: false } })
  await release()
  t.equal((await summary(acme.id)).status, 200)
  t.equal((await issue(acme.id)).status, 201)
  await engine.stop()
})
