// Nothing leaves that rests on something overtaken: epoch, status and the versions served are compared at the event.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { confirm } from '../../../../engine/worker/access/confirm.js'
import { tenantStatus } from '../../../../engine/worker/context/tenant-state.js'
import { updateEntry } from '../../../../engine/worker/vault/entry.js'
import { TestTenant, contentOf } from '../../../support/tenant-context.js'
import { eventOf } from '../audit/fixture.js'

const redo = { message: 'redo' }

t.test('resolves once its event is durable', async (t) => {
  const { context, store } = await TestTenant.open()
  await confirm(context, 1, eventOf())
  t.equal((await store.auditPage(null, 10)).length, 1)
})

t.test('the epoch moved between the decision and the event', async (t) => {
  const tenant = await TestTenant.open()
  const { context, store } = tenant
  store.beforeNext('append', () => tenant.changeState())
  await t.rejects(confirm(context, 1, eventOf()), redo)
  t.equal(context.access.state.accessEpoch, 2, 'the next attempt decides on the new one')
  await confirm(context, 2, eventOf())
})

t.test('by a change of this very worker, too', async (t) => {
  const { context } = await TestTenant.open()
  const raise = { changes: [], outbox: [], guard: () => context.access.present.raise() }
  const [, result] = await Promise.allSettled([
    context.audit.commit(raise, [eventOf()]),
    confirm(context, 1, eventOf()),
  ])
  t.match(result, { status: 'rejected', reason: { message: 'redo' } })
})

t.test('suspended by another node', async (t) => {
  const tenant = await TestTenant.open()
  await tenant.changeState({ status: tenantStatus.suspended })
  await t.rejects(confirm(tenant.context, 2, eventOf()), redo, 'even had the epoch been known')
})

t.test('an entry served at its present version', async () => {
  const tenant = await TestTenant.open()
  const entry = await tenant.addEntry()
  await confirm(tenant.context, 1, eventOf(), [entry])
})

t.test('an entry that has another version, was deleted, or is gone', async (t) => {
  const tenant = await TestTenant.open()
  const { context, store, keys } = tenant
  const entry = await tenant.addEntry()
  const row = (await context.entry(entry.id))!
  await t.rejects(confirm(context, 1, eventOf(), [{ id: newId(), version: 1 }]), redo)
  await store.put(updateEntry(keys, row, contentOf(), 0, 0).changes)
  await t.rejects(confirm(context, 1, eventOf(), [entry]), redo)
  t.equal((await context.entry(entry.id))?.version, 2, 'the cached row is forgotten')
  const now = (await context.entry(entry.id))!
  await store.put(updateEntry(keys, now, contentOf(), 1, 0).changes)
  await t.rejects(confirm(context, 1, eventOf(), [{ id: entry.id, version: 3 }]), redo)
})

t.test('one overtaken among many', async (t) => {
  const tenant = await TestTenant.open()
  const [one, two] = [await tenant.addEntry({ name: 'a' }), await tenant.addEntry({ name: 'b' })]
  await t.rejects(confirm(tenant.context, 1, eventOf(), [one, { ...two, version: 9 }]), redo)
})

t.test('no event, no answer', async (t) => {
  const { context, store } = await TestTenant.open()
  store.setUnreachable(true)
  await t.rejects(confirm(context, 1, eventOf()), { code: 'audit_unavailable' })
})
