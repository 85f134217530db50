// What is found may come from a cache, a refusal never: it is decided on the row as it is now.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import { rowState } from '../../../../engine/worker/store/store.js'
import { updateEntry } from '../../../../engine/worker/vault/entry.js'
import { type Right, defaultRules } from '../../../../engine/worker/access/permissions.js'
import { visibleEntry } from '../../../../engine/worker/vault/serve.js'
import { TestTenant, contentOf, flipped } from '../../../support/tenant-context.js'

const setUp = async () => {
  const rules = [
    ...defaultRules,
    { principal: { type: 'role', id: 'pam_user' }, folder: '/prod', rights: ['list'] },
  ] as const
  const tenant = await TestTenant.open({ rules })
  const entry = await tenant.addEntry()
  const admin = await tenant.signedIn(['pam_admin'])
  const user = await tenant.signedIn(['pam_user'])
  const see = (right: Right = 'read', who = admin, id = entry.id) =>
    visibleEntry(tenant.context, who.principal, id, right)
  const replace = async (folder: string, state: number = rowState.live) => {
    const [row] = await tenant.store.read('vault_entry', [entry.id])
    await tenant.store.put(updateEntry(tenant.keys, row!, contentOf({ folder }), state, 0).changes)
  }
  return { tenant, store: tenant.store, entry, admin, user, see, replace }
}

t.test('by permission', async (t) => {
  const { entry, user, see } = await setUp()
  t.equal((await see()).entry.id, entry.id)
  t.equal((await see('list', user)).entry.id, entry.id)
  await t.rejects(see('read', user), { code: 'forbidden' })
})

t.test('an id that is nobody’s, and one that may not be listed, are one answer', async (t) => {
  const { see, admin, tenant } = await setUp()
  const secret = await tenant.addEntry({ folder: '/production' })
  const user = await tenant.signedIn(['pam_user'])
  await t.rejects(see('read', admin, newId()), { code: 'not_found', detail: undefined })
  await t.rejects(see('read', user, secret.id), { code: 'not_found', detail: undefined })
})

t.test("another tenant's id", async (t) => {
  const { see, admin } = await setUp()
  const other = await TestTenant.open()
  const theirs = await other.addEntry()
  await t.rejects(see('read', admin, theirs.id), { code: 'not_found' })
})

t.test('a second look comes from the cache', async (t) => {
  const { store, see } = await setUp()
  await see()
  const reads = store.calls.get('read')
  await see()
  t.equal(store.calls.get('read'), reads)
})

t.test('metadata is opened once a version', async (t) => {
  const { tenant, entry, see, replace } = await setUp()
  const opened: string[] = []
  const { keys } = tenant
  const open = keys.open.bind(keys)
  keys.open = (name, ...more) => (opened.push(name), open(name, ...more))
  const metadata = () => opened.filter((name) => name === 'vault_entry.doc').length
  const first = await see()
  t.equal((await see()).entry, first.entry)
  t.equal(metadata(), 1)
  await replace('/prod/db')
  const before = metadata()
  tenant.context.forgetEntry(entry.id)
  t.match((await see()).entry, { version: 2, folder: '/prod/db' })
  t.equal((await see()).entry.version, 2)
  t.equal(metadata(), before + 1)
})

t.test('moved meanwhile to where it may be seen: the refusal looks again', async (t) => {
  const { user, see, replace } = await setUp()
  await replace('/secret')
  await t.rejects(see('list', user), { code: 'not_found' })
  await replace('/prod')
  t.equal((await see('list', user)).entry.version, 3)
})

t.test('deleted and restored', async (t) => {
  const { see, replace } = await setUp()
  await replace('/prod', rowState.deleted)
  await t.rejects(see(), { code: 'not_found' })
  await replace('/prod')
  t.equal((await see()).entry.version, 3)
})

t.test('a row that does not open fails, and is read anew once it was repaired', async (t) => {
  const { store, entry, see } = await setUp()
  const [good] = await store.read('vault_entry', [entry.id])
  store.tamper('vault_entry', entry.id, (row) => ({ ...row, doc: flipped(row.doc) }))
  await t.rejects(see(), IntegrityError)
  store.tamper('vault_entry', entry.id, () => good!)
  t.equal((await see()).entry.id, entry.id)
  const reads = store.calls.get('read')
  await see()
  await see()
  t.ok(store.calls.get('read')! <= reads! + 1, 'nothing of the bad one stays in the cache')
})

t.test('no database: not a refusal, and asked once', async (t) => {
  const { store, see } = await setUp()
  store.setUnreachable(true)
  await t.rejects(see(), { code: 'unavailable' })
})
