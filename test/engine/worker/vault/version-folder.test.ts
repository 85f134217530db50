// A kept version demands the right in the folder that it was in: an entry that is moved takes nobody's secrets of before
// along to whoever may read it there.
import t from 'tap'
import type { Right } from '../../../../engine/worker/access/permissions.js'
import { rowState } from '../../../../engine/worker/store/store.js'
import { updateEntry } from '../../../../engine/worker/vault/entry.js'
import { TestTenant, contentOf } from '../../../support/tenant-context.js'
import { callsOf } from '../request/pipeline-fixture.js'

const rule = (role: string, folder: string, ...rights: Right[]) =>
  ({ principal: { type: 'role', id: role }, folder, rights }) as const

const secretIn = (folder: string) => contentOf({ folder, fields: { password: `of ${folder}` } })

/** Three versions, each in a folder of its own; the present one is in /pub. */
const setUp = async (...more: ReturnType<typeof rule>[]) => {
  const rules = [
    rule('pam_admin', '/', 'list', 'read', 'write'),
    rule('pam_user', '/pub', 'list', 'read', 'write'),
  ]
  const tenant = await TestTenant.open({ rules: [...rules, ...more] })
  const entry = await tenant.addEntry(secretIn('/priv'))
  const moveTo = async (folder: string): Promise<void> => {
    const [row] = await tenant.store.read('vault_entry', [entry.id])
    const { changes } = updateEntry(tenant.keys, row!, secretIn(folder), rowState.live, 0)
    await tenant.store.put(changes)
  }
  await moveTo('/half')
  await moveTo('/pub')
  const calls = callsOf(tenant)
  const [user, admin] = [await tenant.signedIn(['pam_user']), await tenant.signedIn()]
  const as = ({ claims }: typeof user) => ({
    read: (version: number) =>
      calls.signedIn(claims, 'readSecret', { path: { entryId: entry.id }, query: { version } }),
    versions: async () =>
      (await calls.signedIn(claims, 'listEntryVersions', { path: { entryId: entry.id } }))
        .json as unknown as { readonly version: number }[],
  })
  return { tenant, entry, moveTo, calls, user: as(user), admin: as(admin) }
}

t.test('read, where one may read there', async (t) => {
  const { user, admin } = await setUp()
  for (const [version, folder] of ['/priv', '/half', '/pub'].entries())
    t.match(await admin.read(version + 1), {
      status: 200,
      json: { fields: { password: `of ${folder}` } },
    })
  t.match(await user.read(3), { status: 200, json: { version: 3 } })
  const [kept, none] = [await user.read(1), await user.read(9)]
  t.match([kept.status, none.status], [404, 404])
  t.same(
    { ...kept.json, requestId: '' },
    { ...none.json, requestId: '' },
    'as if it were not there',
  )
})

t.test('with list alone: 403', async (t) => {
  const { user } = await setUp(rule('pam_user', '/half', 'list'))
  t.match(await user.read(2), { status: 403, json: { code: 'forbidden' } })
  t.equal((await user.read(1)).status, 404)
})

t.test('the right there alone is not enough: the entry is where it is now', async (t) => {
  const { user, moveTo } = await setUp()
  await moveTo('/priv')
  t.equal((await user.read(3)).status, 404)
  t.equal((await user.read(4)).status, 404)
})

t.test('listed, where one may list there', async (t) => {
  const { user, admin } = await setUp(rule('pam_user', '/half', 'list'))
  t.match(await user.versions(), [{ version: 3 }, { version: 2, folder: '/half' }])
  t.equal((await user.versions()).length, 2)
  t.equal((await admin.versions()).length, 3)
})

t.test('what is decided on is the entry as it is now, not as it was when last read', async (t) => {
  const { user, admin, moveTo } = await setUp()
  t.equal((await user.read(3)).status, 200)
  await moveTo('/pub/deep')
  t.match(await user.read(3), { status: 200, json: { version: 3 } }, 'a kept one by now')
  t.match(await user.read(4), { status: 200, json: { version: 4 } }, 'made behind the cache')
  await moveTo('/priv')
  t.equal((await user.read(3)).status, 404)
  t.equal((await admin.read(5)).status, 200)
})

t.test('refusals are on record', async (t) => {
  const { tenant, user } = await setUp()
  await user.read(1)
  t.match((await tenant.events()).at(-1), { action: 'vault.secret.read', outcome: 'denied' })
})

t.test('who may only write cannot take a secret to where they may read', async (t) => {
  const { tenant, entry, moveTo, calls } = await setUp(rule('pam_user', '/half', 'list', 'write'))
  await moveTo('/half')
  const { claims } = await tenant.signedIn(['pam_user'])
  const path = { entryId: entry.id }
  const put = (body: object) => calls.signedIn(claims, 'updateEntry', { path, body })
  t.match(await put({ folder: '/pub' }), { status: 403, json: { code: 'forbidden' } })
  t.match(await put({ name: 'renamed' }), { status: 200 })
  t.match(await put({ folder: '/pub', fields: { password: 'a new one' } }), { status: 200 })
})
