// FORMATS §8: a refresh shown again within ten seconds, its successor unused, answers that successor; else the family
// dies.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { formatToken, parseToken } from '../../../../engine/task/opaque-token.js'
import {
  type RefreshOutcome,
  readSession,
  refresh,
  refreshGrace,
  startSession,
} from '../../../../engine/worker/identity/session.js'
import { TestTenant } from '../../../support/tenant-context.js'

const setUp = async () => {
  const tenant = await TestTenant.open()
  const { context, clock, store } = tenant
  const { session, change, refreshToken } = startSession(context, newId(), 1, clock.now())
  await store.put([change])
  /** As the handler does: decided on the stored row, and what changed is written. */
  const show = async (text: string): Promise<RefreshOutcome> => {
    const present = await readSession(context, session.id, clock.now())
    const outcome = refresh(context, present!, parseToken('rprt_', text)!, clock.now())
    if (outcome.kind === 'rotated') await store.put([outcome.change])
    return outcome
  }
  const rotated = async (text: string): Promise<string> => {
    const outcome = await show(text)
    if (outcome.kind !== 'rotated') throw new Error(outcome.kind)
    return outcome.refreshToken
  }
  return { tenant, session, first: refreshToken, show, rotated }
}

t.test('each token once, in a row', async (t) => {
  const { first, rotated, tenant } = await setUp()
  let token = first
  const seen = new Set([token])
  for (let i = 0; i < 5; i++) {
    tenant.clock.time += 60_000
    token = await rotated(token)
    seen.add(token)
  }
  t.equal(seen.size, 6)
})

t.test('again within ten seconds: the same successor, however often', async (t) => {
  const { first, show, rotated, tenant } = await setUp()
  const second = await rotated(first)
  for (const wait of [0, refreshGrace - 1, 1]) {
    tenant.clock.time += wait
    t.same(await show(first), { kind: 'repeated', refreshToken: second })
  }
  t.equal((await show(second)).kind, 'rotated', 'and the successor is good')
})

t.test('after ten seconds it is a reuse', async (t) => {
  const { first, show, rotated, tenant } = await setUp()
  await rotated(first)
  tenant.clock.time += refreshGrace + 1
  t.same(await show(first), { kind: 'reused' })
})

t.test('once its successor was used it is a reuse, however soon', async (t) => {
  const { first, show, rotated } = await setUp()
  await rotated(await rotated(first))
  t.same(await show(first), { kind: 'reused' })
})

t.test('another secret of the same session', async (t) => {
  const { session, show, tenant } = await setUp()
  const made = { tenant: tenant.tenant, id: session.id, secret: Buffer.alloc(32, 7) }
  t.same(await show(formatToken('rprt_', made)), { kind: 'reused' })
})

t.test('rotating does not prolong the session', async (t) => {
  const { first, rotated, tenant, session } = await setUp()
  tenant.clock.time += 3_600_000
  await rotated(first)
  const present = await readSession(tenant.context, session.id, tenant.clock.now())
  t.match(present, { version: 2, expiresTime: session.expiresTime, user: session.user })
})

t.test('no token, and no secret of one, stands in the row', async (t) => {
  const { first, rotated, tenant, session } = await setUp()
  const second = await rotated(first)
  const [row] = await tenant.store.read('session', [session.id])
  for (const token of [first, second]) {
    t.notOk(row!.doc.includes(token))
    t.notOk(row!.doc.includes(parseToken('rprt_', token)!.secret))
  }
})
