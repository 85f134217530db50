// What decides access is kept for one epoch; nothing loaded before a move is believed after it.
import t from 'tap'
import { EpochCache } from '../../../../engine/worker/context/epoch-cache.js'
import { PresentState } from '../../../../engine/worker/context/present-state.js'
import { sealState, tenantStatus } from '../../../../engine/worker/context/tenant-state.js'
import { noState } from '../../../../engine/worker/store/store.js'
import { freshTenant, open } from '../keys/fixture.js'

const keys = open(freshTenant())
const stateAt = (accessEpoch: number) => ({
  status: tenantStatus.active,
  accessEpoch,
  tokenGeneration: 1,
})
const states = new Map<number, { accessEpoch: number; sealed: Buffer }>()
/** The state of one epoch, sealed once. */
const at = (accessEpoch: number) => {
  const state = states.get(accessEpoch) ?? {
    accessEpoch,
    sealed: sealState(keys, stateAt(accessEpoch)),
  }
  states.set(accessEpoch, state)
  return state
}
const cacheAt = (accessEpoch: number) => new EpochCache(PresentState.open(keys, at(accessEpoch)))
/** What an answer of a statement that was sent long ago says. */
const observe = (cache: EpochCache, accessEpoch: number) => cache.observe(at(accessEpoch), noState)
const counting = () => {
  const state = { loads: 0 }
  return { state, load: async () => ({ n: ++state.loads }) }
}

t.test('loads once an epoch', async (t) => {
  const cache = cacheAt(1)
  const { state, load } = counting()
  await cache.get('user', 'a', load)
  await cache.get('user', 'a', load)
  t.equal(state.loads, 1)
  observe(cache, 1)
  await cache.get('user', 'a', load)
  t.equal(state.loads, 1, 'the same epoch again')
  observe(cache, 2)
  t.same(await cache.get('user', 'a', load), { n: 2 })
})

t.test('every kind is forgotten by one move', async (t) => {
  const cache = cacheAt(1)
  const { state, load } = counting()
  const all = () => Promise.all(['user', 'session', 'x'].map((kind) => cache.get(kind, 'a', load)))
  await all()
  observe(cache, 2)
  await all()
  t.equal(state.loads, 6)
})

t.test('kinds and keys are apart', async (t) => {
  const cache = cacheAt(1)
  await cache.get('user', 'a', async () => ({ is: 'user a' }))
  t.same(await cache.get('session', 'a', async () => ({ is: 'session a' })), { is: 'session a' })
  t.same(await cache.get('user', 'b', async () => ({ is: 'user b' })), { is: 'user b' })
})

t.test('what was loaded across a move is answered, but not kept', async (t) => {
  const cache = cacheAt(1)
  const old = await cache.get('user', 'a', async () => {
    observe(cache, 2)
    return { roles: 'old' }
  })
  t.same(old, { roles: 'old' })
  t.same(await cache.get('user', 'a', async () => ({ roles: 'new' })), { roles: 'new' })
})

t.test('an older answer that was overtaken changes nothing', async (t) => {
  const cache = cacheAt(5)
  const { state, load } = counting()
  await cache.get('user', 'a', load)
  observe(cache, 4)
  t.same(cache.state, stateAt(5))
  await cache.get('user', 'a', load)
  t.equal(state.loads, 1)
})

t.test('absence and failure are not kept', async (t) => {
  const cache = cacheAt(1)
  t.equal(await cache.get('user', 'a', async () => null), null)
  await t.rejects(cache.get('user', 'a', () => Promise.reject(new Error('down'))))
  t.same(await cache.get('user', 'a', async () => ({ is: 'there' })), { is: 'there' })
})

t.test('one value forgotten by name', async (t) => {
  const cache = cacheAt(1)
  const { state, load } = counting()
  await cache.get('user', 'a', load)
  await cache.get('user', 'b', load)
  cache.forget('user', 'a')
  cache.forget('nothing of the kind', 'a')
  await cache.get('user', 'a', load)
  await cache.get('user', 'b', load)
  t.equal(state.loads, 3)
})

t.test('what is known at once, and what is kept by hand', async (t) => {
  const cache = cacheAt(1)
  t.equal(cache.known('user', 'a'), null)
  const loaded = await cache.get('user', 'a', async () => ({ n: 1 }))
  t.equal(cache.known('user', 'a'), loaded)
  t.equal(cache.known('session', 'a'), null)
  const made = { n: 2 }
  cache.keep('made', 'a', made, 1)
  t.equal(cache.known('made', 'a'), made)
  observe(cache, 2)
  t.equal(cache.known('made', 'a'), null)
  cache.keep('made', 'a', made, 1)
  t.equal(cache.known('made', 'a'), null, 'made of what was read before the move')
  cache.keep('made', 'a', made, 2)
  cache.clear()
  t.equal(cache.known('made', 'a'), null, 'the tenant has closed')
})
