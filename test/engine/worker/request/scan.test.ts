// Every row once, in pages, and no page more than needed.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { scan, scanIndexed } from '../../../../engine/worker/request/scan.js'
import { createMemoryStore } from '../../../../engine/worker/store/memory/memory-store.js'
import { rowOf } from '../audit/fixture.js'

const filled = async (count: number) => {
  const store = createMemoryStore()
  const rows = Array.from({ length: count }, (_, n) => ({
    ...rowOf(newId(), 1, 'x'),
    state: n % 2,
  }))
  await store.put(rows.map((row) => ({ op: 'insert', table: 'setting', row, indexes: [] })))
  return store
}

const idsOf = async (rows: ReturnType<typeof scan>): Promise<string[]> => {
  const ids: string[] = []
  for await (const { id } of rows) ids.push(id)
  return ids
}

t.test('more than two pages', async (t) => {
  const store = await filled(501)
  const ids = await idsOf(scan(store, 'setting', { state: null, secret: false }))
  t.equal(new Set(ids).size, 501)
  t.equal(ids.length, 501)
  t.equal(store.calls.get('list'), 3)
})

t.test('rows that go meanwhile hide no others', async (t) => {
  const store = await filled(501)
  const all = await idsOf(scan(store, 'setting', { state: null, secret: false }))
  const seen: string[] = []
  for await (const { id } of scan(store, 'setting', { state: null, secret: false })) {
    seen.push(id)
    await store.put([{ op: 'delete', table: 'setting', id }])
  }
  t.strictSame(seen, all)
})

t.test('a state of them only, with the second column where it is wanted', async (t) => {
  const store = await filled(10)
  for await (const row of scan(store, 'setting', { state: 1, secret: true }))
    t.match(row, { state: 1, secret: Buffer.from('secret x') })
  t.equal((await idsOf(scan(store, 'setting', { state: 1, secret: false }))).length, 5)
})

t.test('by an index value, across pages', async (t) => {
  const store = createMemoryStore()
  const value = { index: 'entryFolder', indexVersion: 1, value: Buffer.alloc(16, 7) } as const
  const rows = Array.from({ length: 401 }, () => rowOf(newId(), 1, 'x'))
  const indexes = [{ ...value, unique: false }]
  await store.put(rows.map((row) => ({ op: 'insert', table: 'vault_entry', row, indexes })))
  const ids = await idsOf(scanIndexed(store, 'vault_entry', [value]))
  t.same(ids, rows.map(({ id }) => id).sort())
  t.equal(store.calls.get('listIndexed'), 2)
})

t.test('nothing, and no more than was taken', async (t) => {
  const empty = await filled(0)
  t.same(await idsOf(scan(empty, 'setting', { state: null, secret: false })), [])
  const store = await filled(1_500)
  const rows = scan(store, 'setting', { state: null, secret: false })
  await rows.next()
  await rows.return(undefined)
  t.equal(store.calls.get('list'), 1)
})
