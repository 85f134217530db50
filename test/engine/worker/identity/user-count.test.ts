// How many users a tenant has, for its limit: rows that open, and not what plain columns or planted rows say.
import t from 'tap'
import { type Row, rowState } from '../../../../engine/worker/store/store.js'
import { newId } from '../../../../engine/ids.js'
import { hasUsers } from '../../../../engine/worker/identity/user-count.js'
import { insertUser } from '../../../../engine/worker/identity/user.js'
import { TestTenant, userOf } from '../../../support/tenant-context.js'

const setUp = async (users: number) => {
  const tenant = await TestTenant.open()
  const made = Array.from({ length: users }, (_, i) => userOf(['pam_user'], `user-${i}`, 0))
  await tenant.store.put(made.map((user) => insertUser(tenant.keys, user)))
  const plant = async (count: number): Promise<void> => {
    const [like] = await tenant.store.read('user_account', [made[0]!.id])
    const rows = Array.from({ length: count }, (): Row => ({ ...like!, id: newId() }))
    await tenant.store.put(
      rows.map((row) => ({ op: 'insert', table: 'user_account', row, indexes: [] })),
    )
  }
  return { tenant, made, plant, has: (limit: number) => hasUsers(tenant.context, limit) }
}

t.test('at least so many', async (t) => {
  const { has } = await setUp(3)
  t.same([await has(0), await has(3), await has(4)], [true, true, false])
})

t.test('copies under other ids are none', async (t) => {
  const { has, plant } = await setUp(3)
  await plant(1_200)
  t.same([await has(3), await has(4)], [true, false])
})

t.test('one whose plain state was changed is one all the same', async (t) => {
  const { tenant, made, has } = await setUp(3)
  tenant.store.tamper('user_account', made[0]!.id, (row) => ({ ...row, state: rowState.deleted }))
  t.ok(await has(3))
})

t.test('where there is room, no row is read', async (t) => {
  const { tenant, has } = await setUp(3)
  t.notOk(await has(4))
  t.equal(tenant.store.calls.get('list') ?? 0, 0)
})
