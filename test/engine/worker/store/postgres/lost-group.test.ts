// A connection that is lost around a group: afterwards each item is there once, or not at all and said so, and whoever
// held the first time holds still.
import t, { type Test } from 'tap'
import type { AuditBlock, CommitGroup, Store } from '../../../../../engine/worker/store/store.js'
import {
  blockOf,
  commitOf,
  entryOf,
  insertOf,
  outboxOf,
  rowOf,
  raiseOf,
  updateOf,
} from '../../../../suites/store-rows.js'
import { createDatabase, openTestStore, type TestDatabase } from '../../../../support/database.js'
import { sharedServer } from '../../../../support/shared.js'
import { blockRow, untilWaiting } from './blocking.js'
import { startRelay } from './relay.js'

t.test('around a group', async (t) => {
  const server = await sharedServer(t)
  const database = await createDatabase(server.url, 'lostgroup')
  const relay = await startRelay(t, database.runtime)
  const store = openTestStore(relay.target)
  t.teardown(() => store.close())
  await groups(t, database, relay, store)
})

/** Two that hold, and one that does not. */
const groupOf = (fields: Partial<CommitGroup> = {}) => {
  const rows = [rowOf(), rowOf()]
  const block = blockOf({ count: 2 })
  const made: AuditBlock[] = []
  const group: CommitGroup = {
    items: [
      { changes: [insertOf(rows[0]!, [entryOf()])], outbox: [outboxOf()] },
      { changes: [insertOf(rowOf(), [], 'setting'), updateOf(rowOf({ version: 9 }))], outbox: [] },
      { changes: [insertOf(rows[1]!)], outbox: [outboxOf()] },
    ],
    expected: null,
    served: [rows[0]!.id],
    audit: () => {
      made.push(block)
      return [block]
    },
    ...fields,
  }
  return { rows, block, made, group, ids: rows.map(({ id }) => id) }
}

const groups = async (
  t: Test,
  database: TestDatabase,
  relay: Awaited<ReturnType<typeof startRelay>>,
  store: Store,
): Promise<void> => {
  const isKept = async (t: Test, { ids, block }: ReturnType<typeof groupOf>): Promise<void> => {
    t.equal((await store.read('vault_entry', ids)).length, 2)
    t.same(await store.auditChain(block.chain, 1, 10), [block])
    t.equal(await store.count('setting', null), 0)
  }
  const isNotThere = async (t: Test, { ids, block }: ReturnType<typeof groupOf>): Promise<void> => {
    t.same(await store.read('vault_entry', ids), [])
    t.same(await store.auditChain(block.chain, 1, 10), [])
  }

  t.test('the answer to COMMIT is lost: it was committed, and that is the answer', async (t) => {
    const expected = await store.commit(commitOf([], { guard: raiseOf(await store.state()) }))
    const lost = groupOf({ expected })
    const messages = (await store.outboxPending(100)).length
    relay.loseAnswer('COMMIT')
    const answer = await store.commitGroup(lost.group)
    t.match(answer, { ...expected, refusals: [null, 'stale', null] })
    t.same(answer?.versions, new Map([[lost.ids[0], 1]]))
    t.equal(lost.made.length, 1, 'its blocks are made once')
    t.equal((await store.outboxPending(100)).length, messages + 2)
    await isKept(t, lost)
  })

  t.test('so are the next connections: that it was committed', async (t) => {
    const lost = groupOf()
    relay.loseAnswer('COMMIT')
    relay.refuse(3)
    t.match(await store.commitGroup(lost.group), { refusals: [null, 'stale', null] })
    t.equal(lost.made.length, 1)
    await isKept(t, lost)
  })

  t.test('the connection ends between the halves: what held is sent again', async (t) => {
    const lost = groupOf()
    const { audit } = lost.group
    const group: CommitGroup = {
      ...lost.group,
      audit: (held) => {
        relay.cutBoth()
        return audit(held)
      },
    }
    const answer = await store.commitGroup(group)
    t.same(answer?.refusals, [null, 'stale', null])
    t.equal(lost.made.length, 1)
    await isKept(t, lost)
  })

  t.test('what held does not any more when it is sent again: each alone', async (t) => {
    const row = rowOf()
    await store.put([insertOf(row)])
    const lost = groupOf()
    const { audit } = lost.group
    const other = openTestStore(database.runtime)
    t.teardown(() => other.close())
    let overtaken: Promise<unknown> = Promise.resolve()
    const group: CommitGroup = {
      ...lost.group,
      items: [...lost.group.items, { changes: [updateOf({ ...row, version: 2 })], outbox: [] }],
      audit: (held) => {
        // It waits for the row until the server has rolled the first attempt back, and so stands before the second.
        overtaken = other.put([updateOf(rowOf({ id: row.id, version: 2 }))])
        relay.cutClients()
        return audit(held)
      },
    }
    t.equal(await store.commitGroup(group), null)
    await t.resolves(overtaken)
    await isNotThere(t, lost)
  })

  t.test('a row is locked for longer than a group waits: each alone', async (t) => {
    const row = rowOf()
    await store.put([insertOf(row)])
    const lost = groupOf()
    const change = updateOf({ ...row, version: 2 })
    const release = await blockRow(t, database, row.id)
    const items = [...lost.group.items, { changes: [change], outbox: [] }]
    const first = store.commitGroup({ ...lost.group, items })
    t.equal(await first, null)
    t.equal(lost.made.length, 0)
    await release()
    await isNotThere(t, lost)
    t.same((await store.commitGroup({ ...lost.group, items }))?.refusals, [
      null,
      'stale',
      null,
      null,
    ])
    await isKept(t, lost)
  })

  t.test('the server ends the session in the first half: it is done again', async (t) => {
    const lost = groupOf()
    const row = rowOf()
    await store.put([insertOf(row)])
    const release = await blockRow(t, database, row.id)
    const items = [...lost.group.items, { changes: [updateOf({ ...row, version: 2 })], outbox: [] }]
    const group = store.commitGroup({ ...lost.group, items })
    const [pid] = await untilWaiting(database, 1)
    await database.query(`select pg_terminate_backend(${pid})`)
    await release()
    const answer = await group
    if (answer === null) return isNotThere(t, lost)
    t.same(answer.refusals, [null, 'stale', null, null])
    await isKept(t, lost)
  })

  t.test('lost, and nobody to be asked: unavailable, and the blocks say it later', async (t) => {
    const lost = groupOf()
    const store = openTestStore(relay.target, { limits: { settleMs: 200 } })
    t.teardown(() => store.close())
    const { audit } = lost.group
    const group: CommitGroup = {
      ...lost.group,
      audit: (held) => {
        relay.loseAnswer('COMMIT')
        relay.refuse(Infinity)
        return audit(held)
      },
    }
    await t.rejects(store.commitGroup(group), { name: 'StoreError', code: 'unavailable' })
    relay.refuse(0)
    await isKept(t, lost)
  })
}
