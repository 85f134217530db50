// Writing to the vault through the pipeline: rights at both ends of a move, If-Match against what is stored now.
import t from 'tap'
import { type Uuid, newId } from '../../../../engine/ids.js'
import type { Right } from '../../../../engine/worker/access/permissions.js'
import { updateEntry } from '../../../../engine/worker/vault/entry.js'
import { TestTenant, contentOf } from '../../../support/tenant-context.js'
import { type Asking, callsOf } from './pipeline-fixture.js'

const rule = (folder: string, ...rights: Right[]) =>
  ({ principal: { type: 'role', id: 'pam_user' }, folder, rights }) as const

const setUp = async () => {
  const rules = [
    rule('/prod', 'list', 'read', 'write'),
    rule('/shown', 'list', 'read'),
    { principal: { type: 'role', id: 'pam_admin' }, folder: '/', rights: ['list', 'write'] },
  ] as const
  const tenant = await TestTenant.open({ rules: [...rules] })
  const user = await tenant.signedIn(['pam_user'])
  const entry = await tenant.addEntry()
  const calls = callsOf(tenant)
  const put = (body: object, more: Asking = {}) =>
    calls.signedIn(user.claims, 'updateEntry', { path: { entryId: entry.id }, body, ...more })
  const stored = async () => (await tenant.store.read('vault_entry', [entry.id]))[0]!
  return { tenant, user, entry, calls, put, stored }
}

t.test('moved to where one may write, and nowhere else', async (t) => {
  const { put, stored } = await setUp()
  for (const folder of ['/shown', '/production', '/', '/hidden'])
    t.match(await put({ folder }), { status: 403, json: { code: 'forbidden' } }, folder)
  t.equal((await stored()).version, 1)
  t.match(await put({ folder: '/prod/db' }), { status: 200, json: { folder: '/prod/db' } })
})

t.test('moved out of where one may not write', async (t) => {
  const { tenant, user, calls } = await setUp()
  const [shown, hidden] = [
    await tenant.addEntry({ folder: '/shown' }),
    await tenant.addEntry({ folder: '/hidden' }),
  ]
  const move = (entryId: Uuid) =>
    calls.signedIn(user.claims, 'updateEntry', { path: { entryId }, body: { folder: '/prod/x' } })
  t.equal((await move(shown.id)).status, 403)
  t.equal((await move(hidden.id)).status, 404, 'and what may not be listed is not there')
  t.equal((await move(newId())).status, 404)
})

t.test('restored to a folder of an older version where one may not write', async (t) => {
  const { tenant, user, entry, calls, stored } = await setUp()
  const { keys, store } = tenant
  for (const folder of ['/hidden', '/shown', '/prod'])
    await store.put(updateEntry(keys, await stored(), contentOf({ folder }), 0, 0).changes)
  const restore = (version: number) =>
    calls.signedIn(user.claims, 'restoreEntry', { path: { entryId: entry.id }, body: { version } })
  t.equal((await restore(2)).status, 404, 'what may not be listed there is not there')
  t.equal((await restore(3)).status, 403)
  t.equal((await stored()).version, 4)
  t.match(await restore(1), { status: 200, json: { version: 5, folder: '/prod' } })
})

t.test('a stale If-Match: 412, and nothing changed', async (t) => {
  const { put, stored } = await setUp()
  t.equal((await put({ name: 'b' }, { headers: { ifMatch: '"1"' } })).status, 200)
  t.equal((await put({ name: 'c' }, { headers: { ifMatch: '"1"' } })).status, 412)
  t.equal((await stored()).version, 2)
  const fresh = await put({ name: 'c' }, { headers: { ifMatch: '"2"' } })
  t.match(fresh, { status: 200, headers: { etag: '"3"' } })
})

t.test(
  'stale only by the time of the commit: 412 with If-Match, else the last write wins',
  async (t) => {
    const { tenant, put, stored } = await setUp()
    const meanwhile = (): void =>
      tenant.store.beforeNext('commit', async () =>
        tenant.store.put(updateEntry(tenant.keys, await stored(), contentOf(), 0, 0).changes),
      )
    meanwhile()
    t.equal((await put({ name: 'b' }, { headers: { ifMatch: '"1"' } })).status, 412)
    t.equal((await stored()).version, 2)
    meanwhile()
    t.match(await put({ name: 'b' }), { status: 200, json: { version: 4, name: 'b' } })
    meanwhile()
    t.equal((await put({ name: 'c' }, { headers: { ifMatch: '*' } })).status, 200)
  },
)

t.test('two writers at once without If-Match: both are kept, one after the other', async (t) => {
  const { put, stored } = await setUp()
  const answers = await Promise.all([put({ name: 'x' }), put({ name: 'y' })])
  t.same(answers.map(({ json }) => json['version']).sort(), [2, 3])
  t.equal((await stored()).version, 3)
})

t.test('two writers at once with the same If-Match: one', async (t) => {
  const { put } = await setUp()
  const headers = { ifMatch: '"1"' }
  const answers = await Promise.all([
    put({ name: 'x' }, { headers }),
    put({ name: 'y' }, { headers }),
  ])
  t.same(answers.map(({ status }) => status).sort(), [200, 412])
})

t.test("another tenant's entry is 404, with the same body as one that never was", async (t) => {
  const { user, calls } = await setUp()
  const other = await TestTenant.open()
  const theirs = await other.addEntry()
  const answers = await Promise.all(
    [theirs.id, newId()].map((entryId) =>
      calls.signedIn(user.claims, 'readSecret', { path: { entryId } }),
    ),
  )
  const [one, two] = answers.map(({ status, headers, json }) => ({
    status,
    headers,
    json: { ...json, requestId: '' },
  }))
  t.equal(one!.status, 404)
  t.same(one, two)
})

t.test('what is wrong by itself is told before what is not there or has changed', async (t) => {
  const { tenant, user, calls, put } = await setUp()
  const wrong = { folder: '/a/../b' }
  const gone = { path: { entryId: newId() }, body: wrong }
  t.equal((await calls.signedIn(user.claims, 'updateEntry', gone)).status, 400)
  t.equal((await put(wrong, { headers: { ifMatch: '"9"' } })).status, 400)
  const admin = await tenant.signedIn(['pam_admin'], 'admin')
  const rules = [{ principal: { type: 'role', id: 'pam_user' }, rights: ['read'], ...wrong }]
  const stale = { body: rules, headers: { ifMatch: '"9"' } }
  t.equal((await calls.signedIn(admin.claims, 'putPermissions', stale)).status, 400)
})

t.test('rules are for roles and ids that can be', async (t) => {
  const { tenant, calls } = await setUp()
  const admin = await tenant.signedIn(['pam_admin'], 'admin')
  const put = (principal: object) =>
    calls.signedIn(admin.claims, 'putPermissions', {
      body: [{ principal, folder: '/', rights: ['list'] }],
    })
  for (const principal of [
    { type: 'role', id: 'nope' },
    { type: 'role', id: 'msp_admin' },
    { type: 'user', id: 'alice' },
  ])
    t.match(await put(principal), {
      status: 400,
      json: { errors: [{ pointer: '/*/principal/id' }] },
    })
  const id = newId()
  const upper = await put({ type: 'user', id: id.toUpperCase() })
  t.match(upper, { status: 200, json: [{ principal: { id } }] })
})

t.test('a batch takes ids in either case, and each once', async (t) => {
  const { user, entry, calls } = await setUp()
  const read = (...ids: string[]) => calls.signedIn(user.claims, 'readSecrets', { body: { ids } })
  t.match(await read(entry.id.toUpperCase()), { status: 200, json: [{ id: entry.id }] })
  t.equal((await read(entry.id, entry.id)).status, 400)
})

t.test('what is unique is unique in canonical form', async (t) => {
  const { tenant, user, entry, calls, put } = await setUp()
  const admin = await tenant.signedIn(['pam_admin'], 'admin')
  const twice = (pointer: string) => ({
    status: 400,
    json: { errors: [{ pointer, message: 'must not hold anything twice' }] },
  })
  const read = (body: object) => calls.signedIn(user.claims, 'readSecrets', { body })
  t.match(await read({ ids: [entry.id, entry.id.toUpperCase()] }), twice('/ids'))
  t.match(await read({ paths: ['/prod/caf\u00e9', '/prod/cafe\u0301'] }), twice('/paths'))
  t.match(await read({ paths: ['/caf\u00e9', '/cafe\u0301'] }), twice('/paths'))
  t.equal((await read({ paths: ['/prod//b', '/prod/b', '/prod/B'] })).status, 200, 'others')
  t.match(await put({ tags: ['\u00e9', 'e\u0301'] }), twice('/tags'))
  const rules = (...pairs: [id: string, folder: string][]) =>
    calls.signedIn(admin.claims, 'putPermissions', {
      body: pairs.map(([id, folder], i) => ({
        principal: { type: 'user', id },
        folder,
        rights: [i === 0 ? 'list' : 'read'],
      })),
    })
  const [alice, bob] = [newId(), newId()]
  t.match(await rules([alice, '/a'], [alice.toUpperCase(), '/a']), twice(''))
  t.match(await rules([alice, '/\u00e9'], [alice, '/e\u0301']), twice(''))
  t.equal((await rules([alice, '/a'], [bob, '/a'], [alice, '/A'], [alice, '/'])).status, 200)
})

t.test('whoever has a session may end it', async (t) => {
  const { tenant, calls } = await setUp()
  const none = await tenant.signedIn([], 'nobody')
  t.equal((await calls.signedIn(none.claims, 'getTenant')).status, 403)
  t.equal((await calls.signedIn(none.claims, 'logout')).status, 204)
})
