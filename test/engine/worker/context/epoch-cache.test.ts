// What decides access is kept for one epoch; nothing loaded before a move is believed after it.
import t from 'tap'
import { EpochCache } from '../../../../engine/worker/context/epoch-cache.js'
import { tenantStatus } from '../../../../engine/worker/store/store.js'

const at = (accessEpoch: number) => ({ status: tenantStatus.active, accessEpoch })
const counting = () => {
  const state = { loads: 0 }
  return { state, load: async () => ({ n: ++state.loads }) }
}

t.test('loads once an epoch', async (t) => {
  const cache = new EpochCache(at(1))
  const { state, load } = counting()
  await cache.get('user', 'a', load)
  await cache.get('user', 'a', load)
  t.equal(state.loads, 1)
  cache.observe(at(1))
  await cache.get('user', 'a', load)
  t.equal(state.loads, 1, 'the same epoch again')
  cache.observe(at(2))
  t.same(await cache.get('user', 'a', load), { n: 2 })
})

t.test('every kind is forgotten by one move', async (t) => {
  const cache = new EpochCache(at(1))
  const { state, load } = counting()
  const all = () => Promise.all(['user', 'session', 'x'].map((kind) => cache.get(kind, 'a', load)))
  await all()
  cache.observe(at(2))
  await all()
  t.equal(state.loads, 6)
})

t.test('kinds and keys are apart', async (t) => {
  const cache = new EpochCache(at(1))
  await cache.get('user', 'a', async () => ({ is: 'user a' }))
  t.same(await cache.get('session', 'a', async () => ({ is: 'session a' })), { is: 'session a' })
  t.same(await cache.get('user', 'b', async () => ({ is: 'user b' })), { is: 'user b' })
})

t.test('what was loaded across a move is answered, but not kept', async (t) => {
  const cache = new EpochCache(at(1))
  const old = await cache.get('user', 'a', async () => {
    cache.observe(at(2))
    return { roles: 'old' }
  })
  t.same(old, { roles: 'old' })
  t.same(await cache.get('user', 'a', async () => ({ roles: 'new' })), { roles: 'new' })
})

t.test('an older answer that was overtaken changes nothing', async (t) => {
  const cache = new EpochCache(at(5))
  const { state, load } = counting()
  await cache.get('user', 'a', load)
  cache.observe({ status: tenantStatus.suspended, accessEpoch: 4 })
  t.same(cache.state, at(5))
  await cache.get('user', 'a', load)
  t.equal(state.loads, 1)
})

t.test('absence and failure are not kept', async (t) => {
  const cache = new EpochCache(at(1))
  t.equal(await cache.get('user', 'a', async () => null), null)
  await t.rejects(cache.get('user', 'a', () => Promise.reject(new Error('down'))))
  t.same(await cache.get('user', 'a', async () => ({ is: 'there' })), { is: 'there' })
})

t.test('one value forgotten by name', async (t) => {
  const cache = new EpochCache(at(1))
  const { state, load } = counting()
  await cache.get('user', 'a', load)
  await cache.get('user', 'b', load)
  cache.forget('user', 'a')
  cache.forget('nothing of the kind', 'a')
  await cache.get('user', 'a', load)
  await cache.get('user', 'b', load)
  t.equal(state.loads, 3)
})
