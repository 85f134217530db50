// Tests can make a memory store fail and alter what it holds.
import t from 'tap'
import { createMemoryStore } from '../../../../../engine/worker/store/memory/memory-store.js'
import { chainOf, commitOf, insertOf, rowOf } from '../../../../suites/store-rows.js'

t.test('a planned failure happens once, before its effect or after it', async (t) => {
  const store = createMemoryStore()
  store.failNext('commit')
  store.failNext('commit', 'unavailable', true)
  const [lost, kept] = [commitOf([insertOf(rowOf())]), commitOf([insertOf(rowOf())])]
  await t.rejects(store.commit(lost), { code: 'unavailable' })
  t.equal(await store.count('vault_entry', null), 0)
  await t.rejects(store.commit(kept), { code: 'unavailable' })
  t.equal(await store.count('vault_entry', null), 1)
  await t.resolves(store.commit(lost))
  store.failNext('read', 'closed')
  await t.rejects(store.read('vault_entry', []), { code: 'closed' })
  t.equal(store.calls.get('commit'), 3)
})

t.test('an unreachable store fails until it is reachable', async (t) => {
  const store = createMemoryStore()
  store.setUnreachable(true)
  await t.rejects(store.state(), { code: 'unavailable' })
  await t.rejects(store.append(chainOf(1, 1), []), { code: 'unavailable' })
  store.setUnreachable(false)
  t.same(await store.auditChains(), [])
})

t.test('another writer comes first', async (t) => {
  const store = createMemoryStore()
  const row = rowOf()
  store.beforeNext('commit', () => store.put([insertOf(row)]))
  await t.rejects(store.commit(commitOf([insertOf(row)])), { code: 'conflict' })
})

t.test('rows, blocks and the state can be altered', async (t) => {
  const store = createMemoryStore()
  const row = rowOf()
  const [block] = chainOf(1, 1)
  await store.commit(commitOf([insertOf(row)], { audit: [block!] }))
  store.tamper('vault_entry', row.id, (stored) => ({ ...stored, state: 9 }))
  t.equal((await store.read('vault_entry', [row.id]))[0]?.state, 9)
  store.tamper('vault_entry', row.id, () => null)
  t.same(await store.read('vault_entry', [row.id]), [])
  t.throws(() => store.tamper('vault_entry', row.id, () => null), RangeError)
  store.tamperAudit(block!.chain, 1, (stored) => ({ ...stored, count: 7 }))
  t.equal((await store.auditPage(null, 1))[0]?.count, 7)
  store.tamperAudit(block!.chain, 1, () => null)
  t.same(await store.auditPage(null, 1), [])
  store.setState({ accessEpoch: 7, sealed: Buffer.from('other') })
  t.same(await store.state(), { accessEpoch: 7, sealed: Buffer.from('other') })
})
