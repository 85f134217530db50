// Messages for the control database: only what this tenant's engine sealed is delivered; what somebody planted, altered,
// copied or put back is not, holds up nothing, and is on record once.
import t from 'tap'
import { type TenantId, newId } from '../../../../engine/ids.js'
import type { OutboxEvent } from '../../../../engine/task/outbox-event.js'
import { systemEvent } from '../../../../engine/worker/audit/system-event.js'
import { openEvent, sealEvent } from '../../../../engine/worker/context/outbox.js'
import type { OutboxRow } from '../../../../engine/worker/store/store.js'
import { TestTenant, flipped } from '../../../support/tenant-context.js'

const created = (more: Partial<OutboxEvent> = {}): OutboxEvent =>
  ({
    id: newId(),
    type: 'user.created',
    time: 7,
    data: { userId: newId() },
    ...more,
  }) as OutboxEvent

const setUp = async () => {
  const tenant = await TestTenant.open()
  const { context, keys, store, asked } = tenant
  const write = async (...outbox: OutboxRow[]): Promise<void> => {
    const event = systemEvent('user.create', { type: 'none', id: '' }, 'success', 0)
    await context.audit.commit({ changes: [], outbox, guard: () => null }, [event])
    context.outboxWaits = true
  }
  const refused = async () =>
    (await tenant.events()).filter(
      ({ action, outcome }) => action === 'request' && outcome === 'failure',
    )
  return {
    tenant,
    context,
    keys,
    store,
    asked,
    write,
    refused,
    seal: (event = created()) => sealEvent(keys, event),
  }
}

const planted = (id = newId()): OutboxRow => ({
  id,
  type: 'user.created',
  time: 0,
  data: Buffer.from(JSON.stringify({ userId: newId(), text: 'what an attacker says' })),
})

t.test('opens as it was sealed, for its own tenant and under its own id', async (t) => {
  const { keys, seal } = await setUp()
  const event = created()
  const row = seal(event)
  t.notOk(row.data.includes('userId'))
  t.same(openEvent(keys, row), event)
  t.equal(openEvent(keys, { ...row, id: newId() }), null)
  t.equal(openEvent(keys, { ...row, data: flipped(row.data) }), null)
  t.equal(openEvent(keys, { ...row, type: 'user.deleted' }), null, 'a plain column differs')
  t.equal(openEvent(keys, { ...row, time: 8 }), null)
  t.equal(openEvent((await setUp()).keys, row), null)
  t.throws(() => (keys.close(), openEvent(keys, row)), { name: 'KeyWipedError' })
})

t.test('sealed, but of no shape that there is', async (t) => {
  const { keys, seal } = await setUp()
  const shapeless = [{ type: 'tenant.provisioned' }, { data: { userId: 'a name' } }, { data: {} }]
  for (const more of shapeless as Partial<OutboxEvent>[])
    t.equal(openEvent(keys, seal(created(more))), null)
})

t.test('delivered, and gone', async (t) => {
  const { context, store, asked, write, seal } = await setUp()
  const events = [created(), created()]
  await write(...events.map(seal))
  await context.tick()
  t.same(asked.outbox, events)
  t.same(await store.outboxPending(9), [])
  t.notOk(context.outboxWaits)
})

t.test('planted ones, before and behind it: not delivered, told of once, gone', async (t) => {
  const { context, store, asked, write, refused, seal, tenant } = await setUp()
  const event = created()
  const first = Array.from({ length: 450 }, (_, i) =>
    planted(`00000000-0000-7000-8000-${i.toString(16).padStart(12, '0')}`),
  )
  await write(...first)
  await write(seal(event), planted('ffffffff-ffff-7fff-bfff-ffffffffffff'))
  await context.tick()
  t.same(asked.outbox, [event])
  t.same(await store.outboxPending(9), [])
  for (let i = 0; i < 3; i++) {
    context.outboxWaits = true
    await context.tick()
  }
  t.match(await refused(), [
    { target: { id: tenant.tenant as TenantId }, detail: { code: 'integrity_failure', rows: 451 } },
  ])
  t.equal((await refused()).length, 1)
  t.notMatch(JSON.stringify(await refused()), /what an attacker says/)
})

t.test('more than one drain takes: the next tick goes on', async (t) => {
  const { context, store, asked, write, seal } = await setUp()
  const many = Array.from({ length: 10_001 }, () => planted())
  const event = created()
  await write(...many, seal(event))
  await context.tick()
  t.ok(context.outboxWaits)
  await context.tick()
  t.same(asked.outbox, [event])
  t.same(await store.outboxPending(9), [])
})

t.test('two drains at once tell of it once', async (t) => {
  const { context, write, refused } = await setUp()
  await write(planted())
  await Promise.all([context.drainOutbox(), context.drainOutbox()])
  t.equal((await refused()).length, 1)
})

t.test('nothing is taken away that is not on record', async (t) => {
  const { context, store, write } = await setUp()
  await write(planted())
  store.failNext('append')
  await t.rejects(context.drainOutbox(), { code: 'audit_unavailable' })
  t.equal((await store.outboxPending(9)).length, 1)
  t.ok(context.outboxWaits)
})
