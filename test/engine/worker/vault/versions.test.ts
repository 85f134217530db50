// Twenty versions are kept, the present one among them: the newest ones.
import t from 'tap'
import { rowState } from '../../../../engine/worker/store/store.js'
import { updateEntry, versionsKept } from '../../../../engine/worker/vault/entry.js'
import { forgottenVersions } from '../../../../engine/worker/vault/versions.js'
import { TestTenant, contentOf } from '../../../support/tenant-context.js'

const setUp = async () => {
  const tenant = await TestTenant.open()
  const { context, store, keys } = tenant
  const entry = await tenant.addEntry()
  const update = async (): Promise<void> => {
    const [row] = await store.read('vault_entry', [entry.id])
    const { changes } = updateEntry(keys, row!, contentOf(), rowState.live, 0)
    await store.put([...changes, ...(await forgottenVersions(context, entry.id))])
  }
  const versions = async (): Promise<number[]> =>
    (await store.children('vault_entry_version', entry.id, { limit: 100 })).map(
      ({ version }) => version,
    )
  return { tenant, entry, update, versions }
}

t.test('up to twenty, then the oldest goes with each', async (t) => {
  const { update, versions } = await setUp()
  for (let i = 0; i < versionsKept - 1; i++) await update()
  t.equal((await versions()).length, 19)
  t.equal((await versions()).at(-1), 1)
  for (let i = 0; i < 5; i++) await update()
  t.same(
    await versions(),
    Array.from({ length: 19 }, (_, n) => 24 - n),
  )
})

t.test("other entries' versions stay", async (t) => {
  const { tenant, update } = await setUp()
  const other = await tenant.addEntry({ name: 'other' })
  const [row] = await tenant.store.read('vault_entry', [other.id])
  await tenant.store.put(
    updateEntry(tenant.keys, row!, contentOf({ name: 'other' }), rowState.live, 0).changes,
  )
  for (let i = 0; i < 25; i++) await update()
  const kept = await tenant.store.children('vault_entry_version', other.id, { limit: 9 })
  t.equal(kept.length, 1)
})
