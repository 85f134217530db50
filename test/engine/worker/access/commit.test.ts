// A change is made on the epoch it was decided on, or decided again; what a stale row means depends on what was asked.
import t from 'tap'
import { ApiError } from '../../../../engine/errors.js'
import { newId } from '../../../../engine/ids.js'
import { type Decided, commitDecided } from '../../../../engine/worker/access/commit.js'
import { tenantStatus } from '../../../../engine/worker/context/tenant-state.js'
import { StoreError } from '../../../../engine/worker/store/store.js'
import { insertEntry, updateEntry } from '../../../../engine/worker/vault/entry.js'
import { TestTenant, contentOf } from '../../../support/tenant-context.js'
import { eventOf } from '../audit/fixture.js'

const redo = { message: 'redo' }

const decided = (more: Partial<Decided> = {}): Decided => ({
  changes: [],
  event: eventOf(),
  ...more,
})

t.test('the changes, their event and the outbox, or none of them', async (t) => {
  const { context, store, keys } = await TestTenant.open()
  const { entry, change } = insertEntry(keys, contentOf(), 0)
  const outbox = [{ id: newId(), type: 'user.created', time: 0, data: Buffer.from('sealed') }]
  context.outboxWaits = false
  await commitDecided(
    { context, epoch: 1, holdsMutex: false },
    decided({ changes: [change], outbox }),
  )
  t.equal((await store.read('vault_entry', [entry.id])).length, 1)
  t.equal((await store.outboxPending(9)).length, 1)
  t.ok(context.outboxWaits, 'the next tick looks')
  const same = insertEntry(keys, contentOf(), 0)
  const more = [{ ...outbox[0]!, id: newId() }]
  await t.rejects(
    commitDecided(
      { context, epoch: 1, holdsMutex: false },
      decided({ changes: [same.change], outbox: more }),
    ),
    { code: 'name_taken' },
  )
  t.same(await store.read('vault_entry', [same.entry.id]), [])
  t.equal((await store.outboxPending(9)).length, 1)
  t.equal((await store.auditPage(null, 9)).length, 1)
})

t.test('the epoch moved since the decision', async (t) => {
  const tenant = await TestTenant.open()
  const { context, store, keys } = tenant
  await tenant.changeState({ status: tenantStatus.suspended })
  const { entry, change } = insertEntry(keys, contentOf(), 0)
  await t.rejects(
    commitDecided({ context, epoch: 1, holdsMutex: false }, decided({ changes: [change] })),
    redo,
  )
  t.same(await store.read('vault_entry', [entry.id]), [])
  t.match(
    context.access.state,
    { status: tenantStatus.suspended, accessEpoch: 2 },
    'the next attempt knows',
  )
})

t.test('raising the epoch makes a decision beside it be made again', async (t) => {
  const { context } = await TestTenant.open()
  const results = await Promise.allSettled(
    [1, 2].map(() =>
      commitDecided({ context, epoch: 1, holdsMutex: false }, decided({ raiseEpoch: true })),
    ),
  )
  t.same(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  )
  t.equal(context.access.state.accessEpoch, 2)
})

t.test('a row that changed meanwhile: 412 where a version was asked for, else again', async (t) => {
  const tenant = await TestTenant.open()
  const { context, store, keys } = tenant
  const entry = await tenant.addEntry()
  const row = (await context.entry(entry.id))!
  const late = updateEntry(keys, row, contentOf(), 0, 0).changes
  await store.put(updateEntry(keys, row, contentOf(), 0, 0).changes)
  const ifStale = new ApiError('precondition_failed')
  await t.rejects(
    commitDecided({ context, epoch: 1, holdsMutex: false }, decided({ changes: late, ifStale })),
    ifStale,
  )
  await t.rejects(
    commitDecided({ context, epoch: 1, holdsMutex: false }, decided({ changes: late })),
    redo,
  )
  t.equal((await context.entry(entry.id))?.version, 2, 'the cached row is forgotten')
})

t.test('the cached row of a changed entry is forgotten', async (t) => {
  const tenant = await TestTenant.open()
  const { context, keys } = tenant
  const entry = await tenant.addEntry()
  const row = (await context.entry(entry.id))!
  const { changes } = updateEntry(keys, row, contentOf(), 0, 0)
  await commitDecided({ context, epoch: 1, holdsMutex: false }, decided({ changes }))
  t.equal((await context.entry(entry.id))?.version, 2)
})

t.test('no database, no change: told as it is', async (t) => {
  const { context, store } = await TestTenant.open()
  store.setUnreachable(true)
  const error = await commitDecided({ context, epoch: 1, holdsMutex: false }, decided()).catch(
    (e: unknown) => e,
  )
  t.ok(error instanceof ApiError || error instanceof StoreError)
  t.notMatch(error, redo)
})
