// An entry's rows: every version is sealed for its own place, and what belongs to another entry is not taken for it.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import { type Row, rowState } from '../../../../engine/worker/store/store.js'
import {
  entryJson,
  etagOf,
  insertEntry,
  openContent,
  openEntry,
  openFields,
  openVersion,
  updateEntry,
} from '../../../../engine/worker/vault/entry.js'
import { TestTenant, contentOf, flipped } from '../../../support/tenant-context.js'

const setUp = async () => {
  const tenant = await TestTenant.open()
  const entry = await tenant.addEntry()
  const row = async (): Promise<Row> => (await tenant.store.read('vault_entry', [entry.id]))[0]!
  const versions = () => tenant.store.children('vault_entry_version', entry.id, { limit: 100 })
  return { tenant, keys: tenant.keys, store: tenant.store, entry, row, versions }
}

t.test('what was put in', async (t) => {
  const { keys, entry, row } = await setUp()
  t.same(openEntry(keys, await row()), entry)
  t.same(openFields(keys, await row()), contentOf().fields)
  t.same(openContent(keys, await row()), contentOf())
})

t.test('an update keeps the version before, under a row of its own', async (t) => {
  const { keys, store, entry, row, versions } = await setUp()
  const next = contentOf({ fields: { password: 'new' } })
  const { entry: updated, changes } = updateEntry(keys, await row(), next, rowState.live, 9)
  await store.put(changes)
  t.match(updated, { id: entry.id, version: 2, updatedTime: 9, createdTime: entry.createdTime })
  t.same(openContent(keys, await row()), next)
  const [kept] = await versions()
  t.match(kept, { version: 1, parent: entry.id })
  t.not(kept!.id, entry.id)
  t.same(openVersion(keys, entry.id, kept!), contentOf())
})

t.test('of two updates of one version, one', async (t) => {
  const { keys, store, row, versions } = await setUp()
  const present = await row()
  await store.put(updateEntry(keys, present, contentOf(), rowState.live, 0).changes)
  await t.rejects(store.put(updateEntry(keys, present, contentOf(), rowState.live, 0).changes), {
    code: 'stale',
  })
  t.equal((await versions()).length, 1)
})

t.test("a version hung below another entry is not that entry's", async (t) => {
  const { tenant, keys, store, entry, row, versions } = await setUp()
  await store.put(updateEntry(keys, await row(), contentOf(), rowState.live, 0).changes)
  const other = await tenant.addEntry({ name: 'other' })
  const [kept] = await versions()
  t.throws(() => openVersion(keys, other.id, kept!), { code: 'integrity_failure' })
  t.throws(() => openVersion(keys, entry.id, { ...kept!, version: 2 }), IntegrityError)
  t.throws(() => openVersion(keys, entry.id, { ...kept!, id: newId() }), IntegrityError)
})

t.test('columns swapped with another entry, or with an older version', async (t) => {
  const { tenant, keys, store, row } = await setUp()
  const old = await row()
  await store.put(updateEntry(keys, old, contentOf(), rowState.live, 0).changes)
  const now = await row()
  const other = await tenant.addEntry({ name: 'other' })
  const [theirs] = await store.read('vault_entry', [other.id])
  const wrong = [theirs!.secret!, old.secret!, now.doc, flipped(now.secret!), Buffer.alloc(0)]
  for (const secret of wrong) t.throws(() => openFields(keys, { ...now, secret }), IntegrityError)
  t.throws(() => openFields(keys, { ...now, secret: null }), IntegrityError)
  t.throws(() => openEntry(keys, { ...now, doc: theirs!.doc }), IntegrityError)
})

t.test('(folder, name) is taken while the entry lives', async (t) => {
  const { keys, store, row } = await setUp()
  const again = () => store.put([insertEntry(keys, contentOf(), 0).change])
  await t.rejects(again(), { code: 'conflict' })
  await store.put([insertEntry(keys, contentOf({ folder: '/dev' }), 0).change])
  await store.put([insertEntry(keys, contentOf({ name: 'ROOT' }), 0).change])
  await store.put(updateEntry(keys, await row(), contentOf(), rowState.deleted, 0).changes)
  await again()
  const back = updateEntry(keys, await row(), contentOf(), rowState.live, 0)
  await t.rejects(store.put(back.changes), { code: 'conflict' }, 'undeleted over another')
})

t.test('folder and name are apart: `/a` + `b/c` is not `/a/b` + `c`', async () => {
  const { keys, store } = await setUp()
  await store.put([insertEntry(keys, contentOf({ folder: '/a', name: 'b/c' }), 0).change])
  await store.put([insertEntry(keys, contentOf({ folder: '/a/b', name: 'c' }), 0).change])
})

t.test('nothing that was typed stands in a row', async (t) => {
  const { row, store, keys } = await setUp()
  const { doc, secret } = await row()
  for (const text of ['root', 'prod', 'hunter2'])
    t.notOk(Buffer.concat([doc, secret!]).includes(text), text)
  t.equal((await store.find('vault_entry', keys.index('entryFolder', ['/prod']))).length, 1)
})

t.test('as JSON: metadata only', async (t) => {
  const { entry } = await setUp()
  t.same(Object.keys(entryJson(entry)).sort(), [
    'createdUtc',
    'folder',
    'id',
    'name',
    'tags',
    'type',
    'updatedUtc',
    'version',
  ])
  t.equal(etagOf(3), '"3"')
})
