// A session lives twelve hours from its sign-in, belongs to one user, and ends with its row. What says so is sealed.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { parseToken } from '../../../../engine/task/opaque-token.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import {
  endSession,
  expiredSessions,
  loadSession,
  readSession,
  sessionLifetime,
  startSession,
} from '../../../../engine/worker/identity/session.js'
import { TestTenant, flipped } from '../../../support/tenant-context.js'

const setUp = async () => {
  const tenant = await TestTenant.open()
  const { context, clock, store } = tenant
  const user = newId()
  const { session, change, refreshToken } = startSession(context, user, 3, clock.now())
  await store.put([change])
  const read = () => readSession(context, session.id, clock.now())
  return { tenant, user, session, refreshToken, read }
}

t.test('as it was started', async (t) => {
  const { tenant, user, session, refreshToken, read } = await setUp()
  t.match(await read(), { id: session.id, user, version: 1, document: { generation: 3 } })
  t.match(parseToken('rprt_', refreshToken), { tenant: tenant.tenant, id: session.id })
})

t.test('twelve hours and no longer', async (t) => {
  const { tenant, session, read } = await setUp()
  const { clock, context } = tenant
  await loadSession(context, session.id, clock.now())
  clock.time += sessionLifetime - 1
  t.ok(await read())
  clock.time += 1
  t.equal(await read(), null)
  t.equal(await loadSession(context, session.id, clock.now()), null, 'nor from the cache')
})

t.test('a later end written into the plain column prolongs nothing', async (t) => {
  const { tenant, session, read } = await setUp()
  tenant.store.tamper('session', session.id, (row) => ({ ...row, expiresTime: 9e15 }))
  t.equal((await read())?.expiresTime, session.expiresTime)
  tenant.clock.time += sessionLifetime
  t.equal(await read(), null)
})

t.test('moved to another user it is nobody', async (t) => {
  const { tenant, session, read } = await setUp()
  tenant.store.tamper('session', session.id, (row) => ({ ...row, parent: newId() }))
  t.equal(await read(), null)
})

t.test('altered, or of another row or version, it does not open', async (t) => {
  const { tenant, session, user, read } = await setUp()
  const other = startSession(tenant.context, user, 3, tenant.clock.now())
  await tenant.store.put([other.change])
  const [stored] = await tenant.store.read('session', [session.id])
  const [second] = await tenant.store.read('session', [other.session.id])
  for (const change of [
    { doc: flipped(stored!.doc) },
    { doc: second!.doc },
    { version: 2 },
    { doc: Buffer.alloc(0) },
  ]) {
    tenant.store.tamper('session', session.id, () => ({ ...stored!, ...change }))
    await t.rejects(read(), IntegrityError)
  }
})

t.test('ended, unknown, marked deleted', async (t) => {
  const { tenant, session, read } = await setUp()
  t.equal(await readSession(tenant.context, newId(), tenant.clock.now()), null)
  tenant.store.tamper('session', session.id, (row) => ({ ...row, state: 1 }))
  t.equal(await read(), null)
  await tenant.store.put([endSession(session.id)])
  t.equal(await read(), null)
})

t.test("two tenants' sessions open nowhere else", async (t) => {
  const { session, tenant } = await setUp()
  const other = await TestTenant.open()
  const [row] = await tenant.store.read('session', [session.id])
  await other.store.put([{ op: 'insert', table: 'session', row: row!, indexes: [] }])
  await t.rejects(readSession(other.context, session.id, other.clock.now()), IntegrityError)
})

t.test('those that ended by themselves are cleared away, of one user, and no others', async (t) => {
  const { tenant, session, user } = await setUp()
  const { context, clock, store } = tenant
  clock.time += 1_000
  const later = startSession(context, user, 3, clock.now())
  const others = startSession(context, newId(), 3, clock.now() - 1_000)
  await store.put([later.change, others.change])
  t.same(await expiredSessions(context, user, clock.now()), [])
  clock.time += sessionLifetime - 1_000
  t.same(await expiredSessions(context, user, clock.now()), [endSession(session.id)])
})
