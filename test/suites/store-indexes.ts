// Blind indexes: unique where they say so, freed with their row, found in every version.
import type { Test } from 'tap'
import { randomBytes } from 'node:crypto'
import type { IndexValue } from '../../engine/worker/store/store.js'
import type { OpenStore } from './store.js'
import { commitOf, entryOf, insertOf, rowOf, updateOf } from './store-rows.js'

export const storeIndexes = async (t: Test, open: OpenStore): Promise<void> => {
  t.test('finds rows by value, index, version and table', async (t) => {
    const store = await open()
    const value = randomBytes(16)
    const [byPath, byFolder, newer, elsewhere] = [rowOf(), rowOf(), rowOf(), rowOf()]
    await store.put([
      insertOf(byPath, [entryOf({ value })]),
      insertOf(byFolder, [entryOf({ value, index: 'entryFolder', unique: false })]),
      insertOf(newer, [entryOf({ value, indexVersion: 2 })]),
      insertOf(elsewhere, [entryOf({ value })], 'user_account'),
    ])
    const found = async (values: readonly IndexValue[]) =>
      (await store.find('vault_entry', values)).map(({ id }) => id).sort()
    const path = { index: 'entryPath', indexVersion: 1, value } as const
    t.same(await store.find('vault_entry', [path]), [byPath])
    t.same(await found([{ ...path, index: 'entryFolder' }]), [byFolder.id])
    t.same(await found([path, { ...path, indexVersion: 2 }]), [byPath.id, newer.id].sort())
    t.same(await found([{ ...path, value: randomBytes(16) }]), [])
    t.same(await found([]), [])
  })

  t.test('a row that carries several of the values is found once', async (t) => {
    const store = await open()
    const row = rowOf({ secret: Buffer.from('secret') })
    const entries = [1, 2].map((indexVersion) => entryOf({ indexVersion }))
    await store.put([insertOf(row, entries)])
    t.same(await store.find('vault_entry', entries), [row])
  })

  t.test('values that are not unique are shared', async (t) => {
    const store = await open()
    const entry = entryOf({ index: 'entryFolder', unique: false })
    const rows = [rowOf(), rowOf(), rowOf()]
    await store.put(rows.map((row) => insertOf(row, [entry])))
    t.same(
      (await store.find('vault_entry', [entry])).map(({ id }) => id).sort(),
      rows.map(({ id }) => id).sort(),
    )
  })

  t.test('shared values in pages: ordered by id, without secrets, each row once', async (t) => {
    const store = await open()
    const values = [1, 2].map((indexVersion) =>
      entryOf({ index: 'entryFolder', unique: false, indexVersion }),
    )
    const rows = Array.from({ length: 7 }, () => rowOf({ secret: Buffer.from('secret') }))
    rows.sort((a, b) => (a.id < b.id ? -1 : 1))
    await store.put([...rows].reverse().map((row) => insertOf(row, values)))
    await store.put([insertOf(rowOf(), [entryOf({ index: 'entryFolder', unique: false })])])
    const page = (after: string | null, limit: number) =>
      store.listIndexed('vault_entry', values, { after, limit })
    const bare = rows.map((row) => ({ ...row, secret: null }))
    t.same(await page(null, 3), bare.slice(0, 3))
    t.same(await page(rows[2]!.id, 3), bare.slice(3, 6))
    t.same(await page(rows[5]!.id, 3), bare.slice(6))
    t.same(await page(rows[6]!.id, 3), [])
    t.same(await store.listIndexed('vault_entry', [], { after: null, limit: 3 }), [])
    t.same(await store.listIndexed('session', values, { after: null, limit: 3 }), [])
  })

  t.test('a unique value is unique in its index, version and table only', async (t) => {
    const store = await open()
    const entry = entryOf()
    await store.put([insertOf(rowOf(), [entry])])
    await t.resolves(store.put([insertOf(rowOf(), [{ ...entry, indexVersion: 2 }])]))
    await t.resolves(store.put([insertOf(rowOf(), [{ ...entry, index: 'username' }])]))
    await t.resolves(store.put([insertOf(rowOf(), [entry], 'user_account')]))
    await t.rejects(store.put([insertOf(rowOf(), [entry])]), { code: 'conflict' })
  })

  t.test('an update replaces the entries, keeps them, or takes them away', async (t) => {
    const store = await open()
    const [old, next] = [entryOf(), entryOf()]
    const row = rowOf()
    await store.put([insertOf(row, [old])])
    await store.commit(commitOf([updateOf({ ...row, version: 2 })]))
    t.equal((await store.find('vault_entry', [old])).length, 1, 'undefined keeps them')
    await store.commit(commitOf([updateOf({ ...row, version: 3 }, [next])]))
    t.same(await store.find('vault_entry', [old]), [])
    t.equal((await store.find('vault_entry', [next])).length, 1)
    await store.commit(commitOf([updateOf({ ...row, version: 4 }, [next])]))
    t.equal((await store.find('vault_entry', [next]))[0]!.version, 4, 'the same value again')
    await store.commit(commitOf([updateOf({ ...row, version: 5 }, [])]))
    t.same(await store.find('vault_entry', [next]), [])
  })

  t.test('an update may not take a unique value of another row', async (t) => {
    const store = await open()
    const [mine, yours] = [entryOf(), entryOf()]
    const row = rowOf()
    await store.put([insertOf(row, [mine]), insertOf(rowOf(), [yours])])
    const update = updateOf({ ...row, version: 2 }, [mine, yours])
    await t.rejects(store.commit(commitOf([update])), { code: 'conflict' })
    t.same(await store.find('vault_entry', [mine]), [row])
  })

  t.test('a unique value is free again after an update and after a delete', async (t) => {
    const store = await open()
    const entry = entryOf()
    const [first, second] = [rowOf(), rowOf()]
    await store.put([insertOf(first, [entry])])
    await store.put([updateOf({ ...first, version: 2, state: 1 }, []), insertOf(second, [entry])])
    t.same(await store.find('vault_entry', [entry]), [second])
    await store.put([{ op: 'delete', table: 'vault_entry', id: second.id }])
    t.same(await store.find('vault_entry', [entry]), [])
    await t.resolves(store.put([insertOf(rowOf(), [entry])]))
  })
}
