// The audit log: appended once, answered with what decisions are confirmed by, read in pages and chains.
import type { Test } from 'tap'
import { newId } from '../../engine/ids.js'
import type { AuditRow } from '../../engine/worker/store/store.js'
import type { OpenStore } from './store.js'
import { chainOf, commitOf, eventOf, insertOf, raiseOf, rowOf, updateOf } from './store-rows.js'

const newestFirst = (a: AuditRow, b: AuditRow): number => b.time - a.time || (b.id < a.id ? -1 : 1)

export const storeAudit = async (t: Test, open: OpenStore): Promise<void> => {
  t.test('events come back with every column', async (t) => {
    const store = await open()
    const events = [
      ...chainOf(1, 3),
      eventOf({ seq: 5_000_000_000_000, action: 65_535, targetType: 255, detail: Buffer.alloc(0) }),
    ]
    await store.append(events, [])
    t.same(await store.auditPage(null, 10), [...events].sort(newestFirst))
  })

  t.test(
    'an append answers state, epoch and versions of live entries as they are now',
    async (t) => {
      const store = await open()
      const [live, deleted, user] = [rowOf({ version: 6 }), rowOf({ state: 1 }), rowOf()]
      await store.put([insertOf(live), insertOf(deleted), insertOf(user, [], 'user_account')])
      const served = [live.id, deleted.id, user.id, newId()]
      const state = await store.state()
      const answer = await store.append([eventOf()], served)
      t.same(answer, { ...state, versions: new Map([[live.id, 6]]) })
      const guard = raiseOf(state)
      await store.commit(commitOf([updateOf({ ...live, version: 7 })], { guard }))
      const later = await store.append([eventOf()], served)
      t.match(later, { accessEpoch: state.accessEpoch + 1, sealed: guard.raised! })
      t.same(later.versions, new Map([[live.id, 7]]))
      t.same((await store.append([eventOf()], [])).versions, new Map())
      t.same(await store.append([], served), later, 'also with nothing to append')
    },
  )

  t.test('the same bytes again are no error and no second event', async (t) => {
    const store = await open()
    const chain = newId()
    const events = chainOf(1, 4, chain)
    await store.append(events.slice(0, 3), [])
    const answer = await store.append(events, [])
    t.same(answer, { ...(await store.state()), versions: new Map() })
    await store.append(events, [])
    t.same(await store.auditChain(chain, 1, 10), events)
  })

  const others: (keyof AuditRow)[] = ['id', 'time', 'actor', 'action', 'outcome', 'detail', 'mac']
  for (const name of others)
    t.test(`another ${name} under the same (chain, seq): audit_conflict`, async (t) => {
      const store = await open()
      const chain = newId()
      const events = chainOf(1, 3, chain)
      await store.append(events.slice(0, 2), [])
      const value = events[1]![name]
      const other = typeof value === 'number' ? value + 1 : eventOf()[name]
      const changed = { ...events[1]!, [name]: other }
      const all = [events[0]!, changed, events[2]!]
      await t.rejects(store.append(all, []), { name: 'StoreError', code: 'audit_conflict' })
      t.same(await store.auditChain(chain, 1, 10), events.slice(0, 2), 'nothing of it is kept')
    })

  t.test('pages go strictly back from a position, ties by id', async (t) => {
    const store = await open()
    const events = chainOf(1, 9).map((event, i) => ({ ...event, time: 1000 + (i >> 2) }))
    await store.append(events, [])
    const sorted = [...events].sort(newestFirst)
    const seen: AuditRow[] = []
    for (let page = await store.auditPage(null, 2); page.length > 0;) {
      seen.push(...page)
      const { time, id } = page.at(-1)!
      page = await store.auditPage({ time, id }, 2)
    }
    t.same(seen, sorted)
    t.same(await store.auditPage({ time: 1000, id: '00000000-0000-0000-0000-000000000000' }, 5), [])
  })

  t.test('a chain is read in order from a number on', async (t) => {
    const store = await open()
    const chain = newId()
    const events = chainOf(2, 11, chain)
    await store.append([...events].reverse(), [])
    await store.append(chainOf(1, 3), [])
    t.same(await store.auditChain(chain, 0, 100), events)
    t.same(await store.auditChain(chain, 9, 100), events.slice(7))
    t.same(await store.auditChain(chain, 4, 2), events.slice(2, 4))
    t.same(await store.auditChain(chain, 12, 2), [])
    t.same(await store.auditChain(newId(), 1, 2), [])
  })

  t.test('extents say where each chain begins and ends, and how much of it is there', async (t) => {
    const store = await open()
    t.same(await store.auditExtents(), [])
    const [a, b] = [newId(), newId()]
    const gap = chainOf(1, 5, a).filter(({ seq }) => seq !== 3)
    await store.append([...gap, ...chainOf(7, 7, b)], [])
    const extents = (await store.auditExtents()).sort((x) => (x.chain === a ? -1 : 1))
    t.same(extents, [
      { chain: a, firstSeq: 1, lastSeq: 5, count: 4 },
      { chain: b, firstSeq: 7, lastSeq: 7, count: 1 },
    ])
  })

  t.test('large appends', async (t) => {
    const store = await open()
    const chain = newId()
    const entries = Array.from({ length: 300 }, () => rowOf())
    await store.put(entries.map((row) => insertOf(row)))
    const answer = await store.append(
      chainOf(1, 300, chain),
      entries.map(({ id }) => id),
    )
    t.equal(answer.versions.size, 300)
    t.same(await store.auditExtents(), [{ chain, firstSeq: 1, lastSeq: 300, count: 300 }])
  })
}
