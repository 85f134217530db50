// A path names folder and name; the index it is found by is not believed.
import t from 'tap'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import { rowState } from '../../../../engine/worker/store/store.js'
import { entryIndexes, updateEntry } from '../../../../engine/worker/vault/entry.js'
import { findEntry, parsePath } from '../../../../engine/worker/vault/path.js'
import { TestTenant, contentOf, flipped } from '../../../support/tenant-context.js'

t.test('the last slash parts them', async (t) => {
  t.same(parsePath('/prod/db/root', '/path'), { folder: '/prod/db', name: 'root' })
  t.same(parsePath('/root', '/path'), { folder: '/', name: 'root' })
  t.same(parsePath('/cafe\u0301/n\u0303', '/path'), { folder: '/caf\u00E9', name: '\u00F1' })
})

t.test('what no entry could be called', async (t) => {
  for (const path of [
    '',
    '/',
    '/prod/',
    'prod/root',
    '//root',
    'root',
    '/../root',
    '/prod/..',
    '/a\u0000',
  ])
    t.throws(
      () => parsePath(path, '/paths/*'),
      { code: 'validation_failed', violations: [{ pointer: '/paths/*' }] },
      JSON.stringify(path),
    )
})

const setUp = async () => {
  const tenant = await TestTenant.open()
  const entry = await tenant.addEntry()
  const [row] = await tenant.store.read('vault_entry', [entry.id])
  const find = (folder = '/prod', name = 'root') => findEntry(tenant.context, { folder, name })
  return { ...tenant, tenant, store: tenant.store, keys: tenant.keys, entry, row: row!, find }
}

t.test('found, in its own case and folder only', async (t) => {
  const { entry, find } = await setUp()
  t.equal((await find()).id, entry.id)
  await t.rejects(find('/prod', 'Root'), { code: 'not_found' })
  await t.rejects(find('/', 'root'), { code: 'not_found' })
  await t.rejects(find('/prod/root', 'root'), { code: 'not_found' })
})

t.test("an index that points at another entry's row finds nothing", async (t) => {
  const { store, keys, row, find } = await setUp()
  const indexes = entryIndexes(keys, contentOf({ name: 'admin' }))
  await store.put([{ op: 'update', table: 'vault_entry', row, expectedVersion: 1, indexes }])
  await t.rejects(find('/prod', 'admin'), { code: 'not_found' })
})

t.test('a deleted entry, even where its index was left', async (t) => {
  const { store, keys, row, find } = await setUp()
  const { changes } = updateEntry(keys, row, contentOf(), rowState.deleted, 0)
  await store.put(changes)
  await t.rejects(find(), { code: 'not_found' })
  const [deleted] = await store.read('vault_entry', [row.id])
  const indexes = entryIndexes(keys, contentOf())
  await store.put([
    { op: 'update', table: 'vault_entry', row: deleted!, expectedVersion: 2, indexes },
  ])
  await t.rejects(find(), { code: 'not_found' })
})

t.test('a row that does not open', async (t) => {
  const { store, entry, find } = await setUp()
  store.tamper('vault_entry', entry.id, (row) => ({ ...row, doc: flipped(row.doc) }))
  await t.rejects(find(), IntegrityError)
})

t.test('another tenant has it not', async (t) => {
  await setUp()
  const other = await TestTenant.open()
  await t.rejects(findEntry(other.context, { folder: '/prod', name: 'root' }), {
    code: 'not_found',
  })
})
