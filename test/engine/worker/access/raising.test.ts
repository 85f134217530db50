// Whoever raises the epoch, in whatever order: no two records of one epoch, none left out, and every record says its own.
import fc from 'fast-check'
import t from 'tap'
import { commitByVersion, commitDecided } from '../../../../engine/worker/access/commit.js'
import { Redo } from '../../../../engine/worker/access/redo.js'
import type { TenantContext } from '../../../../engine/worker/context/context.js'
import { openState } from '../../../../engine/worker/context/tenant-state.js'
import { type MemoryStore } from '../../../../engine/worker/store/memory/memory-store.js'
import type { Commit, StoredState } from '../../../../engine/worker/store/store.js'
import { TestTenant } from '../../../support/tenant-context.js'
import { eventOf } from '../audit/fixture.js'

type Way = 'version' | 'decided' | 'read'

/** Calls of the store arrive, and are answered, in any order. */
const delayed = (store: MemoryStore, scheduler: fc.Scheduler): MemoryStore =>
  new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return async (...args: unknown[]): Promise<unknown> => {
        await scheduler.schedule(Promise.resolve())
        const answer: unknown = await (value.apply(target, args) as Promise<unknown>)
        await scheduler.schedule(Promise.resolve())
        return answer
      }
    },
  })

/** Keeps each state that was committed, in its order. */
const recorded = (store: MemoryStore): StoredState[] => {
  const states: StoredState[] = []
  const commit = store.commit.bind(store)
  store.commit = async (asked: Commit) => {
    const answer = await commit(asked)
    if (asked.guard?.raised) states.push(answer)
    return answer
  }
  return states
}

const decide = async (context: TenantContext): Promise<void> => {
  for (;;)
    try {
      const epoch = context.access.state.accessEpoch
      const decided = { changes: [], event: eventOf(), raiseEpoch: true }
      return await commitDecided({ context, epoch, holdsMutex: false }, decided)
    } catch (error) {
      if (!(error instanceof Redo)) throw error
    }
}

const ways: Readonly<Record<Way, (context: TenantContext) => Promise<unknown>>> = {
  version: (context) =>
    commitByVersion(context, { changes: [], events: [eventOf()], raiseEpoch: true }),
  decided: decide,
  read: (context) => context.audit.append(eventOf()),
}

const work = fc.array(fc.constantFrom<Way>('version', 'decided', 'read'), { maxLength: 3 })

t.test('any interleaving of three nodes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), work, work, work, async (scheduler, ...asked) => {
      const tenant = await TestTenant.open()
      const states = recorded(tenant.store)
      const store = delayed(tenant.store, scheduler)
      const nodes = await Promise.all(asked.map(() => TestTenant.beside(tenant, store)))
      const all = Promise.all(
        asked.flatMap((list, i) => list.map((way) => ways[way](nodes[i]!.context))),
      )
      await scheduler.waitFor(all)
      const raised = asked.flat().filter((way) => way !== 'read').length
      const epochs = states.map((state) => openState(tenant.keys, state).accessEpoch)
      return (
        epochs.length === raised &&
        epochs.every((epoch, i) => epoch === i + 2) &&
        (await tenant.store.state()).accessEpoch === raised + 1
      )
    }),
    { numRuns: 100 },
  )
})

t.test('many of one node do not overtake each other', async (t) => {
  const { context, store } = await TestTenant.open()
  const states = recorded(store)
  await Promise.all(Array.from({ length: 40 }, () => ways.version(context)))
  t.same(
    states.map(({ accessEpoch }) => accessEpoch),
    Array.from({ length: 40 }, (_, i) => i + 2),
  )
  t.equal(store.calls.get('commit'), 40, 'each once')
})

t.test('overtaken by another node: sealed anew; again and again: overloaded', async (t) => {
  const tenant = await TestTenant.open()
  const { context, store } = tenant
  store.beforeNext('commit', () => tenant.changeState({ tokenGeneration: 2 }))
  await ways.version(context)
  t.same(context.access.state, { status: 0, accessEpoch: 3, tokenGeneration: 2 })
  const commit = store.commit.bind(store)
  let tries = 0
  store.commit = async (asked) => {
    tries++
    await tenant.changeState()
    return commit(asked)
  }
  await t.rejects(ways.version(context), { code: 'overloaded' })
  t.equal(tries, 8)
  t.equal((await store.auditPage(null, 9)).length, 1, 'nothing of it is kept')
})

t.test('another status and generation of the whole tenant', async (t) => {
  const tenant = await TestTenant.open()
  const { context, store, keys } = tenant
  const state = { status: 1, tokenGeneration: 2 } as const
  await commitByVersion(context, { changes: [], events: [eventOf()], state })
  t.same(openState(keys, await store.state()), { ...state, accessEpoch: 2 })
  t.notOk(context.isActive)
  t.equal(context.tokenGeneration, 2)
})
