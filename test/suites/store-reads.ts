// Reads by id, by parent and in pages.
import type { Test } from 'tap'
import { newId, nilUuid } from '../../engine/ids.js'
import { rowState, tables } from '../../engine/worker/store/store.js'
import type { OpenStore } from './store.js'
import { insertOf, rowOf } from './store-rows.js'

const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id)

export const storeReads = async (t: Test, open: OpenStore): Promise<void> => {
  t.test('a row comes back with every column, from the table it went into', async (t) => {
    const store = await open()
    for (const table of ['vault_entry', 'session'] as const) {
      const full = rowOf({
        parent: newId(),
        version: 4_000_000_000_000,
        state: 7,
        expiresTime: 4_102_444_800_000,
        secret: Buffer.from([0, 1, 0x5c, 0x22, 0x27, 0x7b, 0xff]),
      })
      const bare = rowOf({ doc: Buffer.alloc(0) })
      await store.put([insertOf(full, [], table), insertOf(bare, [], table)])
      const rows = await store.read(table, [full.id, bare.id])
      t.same(
        rows.find(({ id }) => id === full.id),
        full,
      )
      t.same(
        rows.find(({ id }) => id === bare.id),
        bare,
      )
    }
    t.equal(await store.count('vault_entry', null), 2)
    t.equal(await store.count('user_account', null), 0)
  })

  t.test('every table of the list exists', async (t) => {
    const store = await open()
    for (const table of tables) {
      const row = rowOf({ secret: Buffer.from(table) })
      await store.put([insertOf(row, [], table)])
      t.same(await store.read(table, [row.id]), [row], table)
    }
  })

  t.test('unknown ids are left out, repeated ones come once, in any state', async (t) => {
    const store = await open()
    const rows = [rowOf(), rowOf({ state: rowState.deleted }), rowOf()]
    await store.put(rows.map((row) => insertOf(row)))
    const ids = [rows[0]!.id, newId(), rows[1]!.id, rows[0]!.id]
    const read = await store.read('vault_entry', ids)
    t.same(idsOf(read).sort(), [rows[0]!.id, rows[1]!.id].sort())
    t.same(await store.read('vault_entry', []), [])
    t.same(await store.read('user_account', ids), [])
  })

  t.test('counts below each parent, of one state', async (t) => {
    const store = await open()
    const [first, second] = [newId(), newId()]
    const rows = [first, first, second, null].map((parent) => rowOf({ parent, state: 5 }))
    await store.put([...rows, rowOf({ parent: first, state: 6 })].map((row) => insertOf(row)))
    const counts = async (state: number, parent: string | null) => [
      ...(await store.countByParent('vault_entry', state, parent)),
    ]
    t.same((await counts(5, null)).sort(), [[first, 2] as const, [second, 1] as const].sort())
    t.same(await counts(5, second), [[second, 1]])
    t.same(await counts(6, null), [[first, 1]])
    t.same(await counts(6, second), [])
  })

  t.test('children beyond the newest, of several parents at once', async (t) => {
    const store = await open()
    const [many, few, none, elsewhere] = [newId(), newId(), newId(), newId()]
    const below = (parent: string, count: number) =>
      Array.from({ length: count }, (_, i) => rowOf({ parent, version: count - i }))
    const [old, young] = [below(many, 9), below(few, 3)]
    const other = below(elsewhere, 9)
    const table = 'vault_entry_version'
    await store.put([...old, ...young, ...other].map((row) => insertOf(row, [], table)))
    const beyond = async (keep: number, limit: number) =>
      store.childrenBeyond(table, [many, few, none], { keep, limit })
    const ids = (rows: typeof old) => rows.map(({ id }) => id)
    t.same(await beyond(4, 100), new Map([[many, ids(old.slice(4))]]))
    t.same(await beyond(4, 2), new Map([[many, ids(old.slice(4, 6))]]))
    const both = new Map([
      [many, ids(old.slice(2))],
      [few, ids(young.slice(2))],
    ])
    t.same(await beyond(2, 100), both)
    t.same(await beyond(9, 100), new Map())
    t.same(await store.childrenBeyond(table, [], { keep: 0, limit: 1 }), new Map())
  })

  t.test('children: newest version first, a version, below a version, a limit', async (t) => {
    const store = await open()
    const parent = newId()
    const rows = [3, 1, 10, 2, 9].map((version) => rowOf({ parent, version }))
    const others = [rowOf({ parent: newId(), version: 5 }), rowOf({ version: 5 })]
    await store.put([...rows, ...others].map((row) => insertOf(row, [], 'vault_entry_version')))
    const versions = async (options: { version?: number; before?: number; limit: number }) =>
      (await store.children('vault_entry_version', parent, options)).map(({ version }) => version)
    t.same(await versions({ limit: 10 }), [10, 9, 3, 2, 1])
    t.same(await versions({ limit: 2 }), [10, 9])
    t.same(await versions({ before: 9, limit: 2 }), [3, 2])
    t.same(await versions({ before: 1, limit: 2 }), [])
    t.same(await versions({ version: 3, limit: 5 }), [3])
    t.same(await versions({ version: 4, limit: 5 }), [])
    t.same(await versions({ version: 3, before: 3, limit: 5 }), [])
    t.same(await store.children('vault_entry_version', newId(), { limit: 5 }), [])
    const secret = Buffer.from('secret')
    const held = rowOf({ parent: newId(), secret })
    await store.put([insertOf(held, [], 'vault_entry_version')])
    const below = (options: { secret?: boolean }) =>
      store.children('vault_entry_version', held.parent!, { limit: 1, ...options })
    t.same(await below({}), [held])
    t.same(await below({ secret: false }), [{ ...held, secret: null }])
  })

  t.test('lists: ordered by id, paged, by state, the secret only when asked for', async (t) => {
    const store = await open()
    const secret = Buffer.from('secret')
    const rows = Array.from({ length: 7 }, (_, i) => rowOf({ state: i % 3 === 0 ? 1 : 0, secret }))
    rows.sort((a, b) => (a.id < b.id ? -1 : 1))
    await store.put([...rows].reverse().map((row) => insertOf(row)))
    const list = (state: number | null, offset: number, limit: number) =>
      store.list('vault_entry', { state, offset, limit, secret: true })
    t.same(await list(null, 0, 100), rows)
    t.same(await list(null, 2, 3), rows.slice(2, 5))
    t.same(await list(null, 7, 3), [])
    const after = (state: number | null, id: string | null, limit: number) =>
      store.list('vault_entry', { state, after: id, limit, secret: true })
    t.same(await after(null, null, 2), rows.slice(0, 2))
    t.same(await after(null, nilUuid, 100), rows)
    t.same(await after(null, rows[2]!.id, 3), rows.slice(3, 6), 'what follows it, not itself')
    t.same(await after(null, rows[6]!.id, 3), [])
    const live = rows.filter(({ state }) => state === 0)
    t.same(await after(0, rows[0]!.id, 2), live.slice(0, 2), 'of one state, behind any row')
    t.same(await after(0, newId(), 2), [], 'behind one that is not there')
    t.same(await list(0, 0, 100), live)
    t.same(await list(0, 1, 2), live.slice(1, 3))
    t.equal(await store.count('vault_entry', null), 7)
    t.equal(await store.count('vault_entry', 0), live.length)
    t.equal(await store.count('vault_entry', 5), 0)
    const bare = await store.list('vault_entry', { state: 0, offset: 0, limit: 1, secret: false })
    t.same(bare, [{ ...live[0], secret: null }])
  })

  t.test('nobody shares a buffer with the store', async (t) => {
    const store = await open()
    const row = rowOf({ secret: Buffer.from('secret') })
    const given = { ...row, doc: Buffer.from(row.doc), secret: Buffer.from('secret') }
    await store.put([insertOf(given)])
    given.doc.fill(0)
    const [first] = await store.read('vault_entry', [row.id])
    t.same(first, row)
    first!.secret!.fill(0)
    t.same(await store.read('vault_entry', [row.id]), [row])
  })

  t.test('a closed store answers `closed`', async (t) => {
    const store = await open()
    await store.state()
    await store.close()
    await t.rejects(store.read('vault_entry', [newId()]), { code: 'closed' })
    await t.rejects(store.put([insertOf(rowOf())]), { code: 'closed' })
    await t.resolves(store.close())
  })
}
