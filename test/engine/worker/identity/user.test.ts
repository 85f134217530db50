// A user's row: what decides access and who it is are sealed apart, found by name through an index nobody believes.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import {
  findUserByName,
  insertUser,
  loadUser,
  readUser,
  updateUser,
  userJson,
  usernameIndexes,
} from '../../../../engine/worker/identity/user.js'
import { TestTenant, flipped, userOf } from '../../../support/tenant-context.js'

const setUp = async () => {
  const tenant = await TestTenant.open()
  const alice = userOf(['pam_user'], 'alice', tenant.clock.now())
  await tenant.store.put([insertUser(tenant.keys, alice)])
  return { tenant, alice, find: (name: string) => findUserByName(tenant.context, name) }
}

t.test('found by name and by id', async (t) => {
  const { tenant, alice, find } = await setUp()
  t.same(await find('alice'), alice)
  t.same(await readUser(tenant.context, alice.id), alice)
  t.same(await loadUser(tenant.context, alice.id), alice)
  t.equal(await find('bob'), null)
  t.equal(await readUser(tenant.context, newId()), null)
})

t.test('what was planted at a name keeps nobody from their own', async (t) => {
  const { tenant, alice, find } = await setUp()
  const others = ['mallory', 'broken'].map((name) => userOf(['pam_user'], name, 0))
  await tenant.store.put(
    others.map((other) => {
      const change = insertUser(tenant.keys, other)
      const planted = usernameIndexes(tenant.keys, 'alice').map((one) => ({
        ...one,
        unique: false,
      }))
      return change.op === 'insert' ? { ...change, indexes: planted } : change
    }),
  )
  tenant.store.tamper('user_account', others[1]!.id, (row) => ({ ...row, doc: flipped(row.doc) }))
  t.same(await find('alice'), alice)
})

t.test('a name is taken in any case', async (t) => {
  const { tenant } = await setUp()
  const second = userOf(['pam_user'], 'ALICE', 0)
  await t.rejects(tenant.store.put([insertUser(tenant.keys, second)]), { code: 'conflict' })
})

t.test('the index of one moved to the row of another leads to nobody', async (t) => {
  const { tenant, find } = await setUp()
  const { keys, store } = tenant
  const mallory = userOf(['pam_admin'], 'mallory', 0)
  const [victim] = await store.find('user_account', keys.index('username', ['alice']))
  const insert = insertUser(keys, mallory)
  if (insert.op !== 'insert') throw new Error('not an insert')
  await store.put([
    { op: 'update', table: 'user_account', row: victim!, expectedVersion: 1, indexes: [] },
    { ...insert, indexes: usernameIndexes(keys, 'alice') },
  ])
  t.equal(await find('alice'), null)
  t.equal(await find('mallory'), null)
})

t.test('an update takes one version on, keeps the name, changes only what it says', async (t) => {
  const { tenant, alice, find } = await setUp()
  const change = updateUser(tenant.keys, alice, { access: { generation: 2 } }, 5)
  await tenant.store.put([change])
  t.same(await find('alice'), {
    ...alice,
    version: 2,
    access: { ...alice.access, generation: 2 },
  })
  await t.rejects(tenant.store.put([change]), { code: 'stale' }, 'of two at once, one')
})

t.test(
  'either column altered, swapped or rolled back beside the other: does not open',
  async (t) => {
    const { tenant, alice } = await setUp()
    const { store, keys } = tenant
    const [old] = await store.read('user_account', [alice.id])
    await store.put([updateUser(keys, alice, { access: { status: 'disabled' } }, 5)])
    const [now] = await store.read('user_account', [alice.id])
    for (const change of [
      { doc: flipped(now!.doc) },
      { secret: flipped(now!.secret!) },
      { doc: now!.secret!, secret: now!.doc },
      { secret: null },
      { doc: old!.doc },
      { version: 1 },
    ]) {
      store.tamper('user_account', alice.id, () => ({ ...now!, ...change }))
      await t.rejects(readUser(tenant.context, alice.id), IntegrityError)
    }
  },
)

t.test('a plain state that is not that of the sealed status: does not open', async (t) => {
  const { tenant, alice, find } = await setUp()
  for (const status of ['active', 'disabled', 'invited'] as const) {
    const [row] = await tenant.store.read('user_account', [alice.id])
    const user = { ...alice, version: row!.version }
    await tenant.store.put([updateUser(tenant.keys, user, { access: { status } }, 5)])
    t.equal((await find('alice'))?.access.status, status)
    tenant.store.tamper('user_account', alice.id, (now) => ({ ...now, state: 1 }))
    await t.rejects(find('alice'), IntegrityError)
    await t.rejects(readUser(tenant.context, alice.id), IntegrityError)
    await t.rejects(loadUser(tenant.context, alice.id), IntegrityError)
  }
})

t.test('as JSON: no verifier, no generation', async (t) => {
  const { alice } = await setUp()
  t.same(Object.keys(userJson(alice)).sort(), [
    'createdUtc',
    'displayName',
    'email',
    'id',
    'lastLoginUtc',
    'roles',
    'status',
    'username',
  ])
})
