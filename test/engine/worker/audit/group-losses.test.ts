// Writers and readers of one log on a real server that keeps losing its connections, at COMMIT, between the halves of a
// group and anywhere else: what was acknowledged is there, what was refused is not, and the chain and its rows agree.
import t from 'tap'
import { newId, type Uuid } from '../../../../engine/ids.js'
import { RecordedRows } from '../../../../engine/worker/evidence/deep.js'
import type { AuditLog } from '../../../../engine/worker/audit/appender.js'
import { openBlock } from '../../../../engine/worker/audit/contents.js'
import { verifyAudit } from '../../../../engine/worker/audit/verify.js'
import type { Change, Store } from '../../../../engine/worker/store/store.js'
import { createDatabase, openTestStore } from '../../../support/database.js'
import { sharedServer } from '../../../support/shared.js'
import { startRelay } from '../store/postgres/relay.js'
import { Bench, eventOf, rowOf } from './fixture.js'

const writers = 16
const readers = 64
const rounds = 25
const losses = 10

interface Seen {
  readonly acknowledged: Uuid[]
  readonly refused: Uuid[]
  readonly unknown: Uuid[]
}

const insertOf = (id: Uuid, unique: Buffer): Change => ({
  op: 'insert',
  table: 'vault_entry',
  row: rowOf(id, 1, id),
  indexes: [{ index: 'entryPath', indexVersion: 1, value: unique, unique: true }],
})
const staleOf = (id: Uuid): Change => ({
  op: 'update',
  table: 'vault_entry',
  row: rowOf(id, 7, id),
  expectedVersion: 6,
  indexes: undefined,
})

const valueOf = (text: string): Buffer => Buffer.from(text.replaceAll('-', ''), 'hex')

/** Every third is refused: its value is taken, or its second change is of no row. */
const changesOf = (id: Uuid, round: number, taken: Uuid): Change[] => {
  if (round % 6 === 2) return [insertOf(id, valueOf(taken))]
  return round % 6 === 5
    ? [insertOf(id, valueOf(id)), staleOf(newId())]
    : [insertOf(id, valueOf(id))]
}

const write = async (log: AuditLog, seen: Seen, taken: Uuid): Promise<void> => {
  for (let round = 0; round < rounds; round++) {
    const id = newId()
    const commit = { changes: changesOf(id, round, taken), outbox: [], guard: () => null }
    const target = { type: 'vault-entry' as const, id }
    await log.commit(commit, [{ ...eventOf(), action: 'vault.entry.create', target }]).then(
      () => seen.acknowledged.push(id),
      ({ code }: { code: string }) =>
        (code === 'audit_unavailable' ? seen.unknown : seen.refused).push(id),
    )
  }
}

const read = async (log: AuditLog, isOver: () => boolean, reads: Uuid[]): Promise<void> => {
  while (!isOver()) {
    const id = newId()
    const event = { ...eventOf(), target: { type: 'vault-entry' as const, id } }
    await log.append(event, [id]).then(
      () => reads.push(id),
      () => undefined,
    )
  }
}

t.test('ten losses', async (t) => {
  const server = await sharedServer(t)
  const database = await createDatabase(server.url, 'grouplosses')
  const relay = await startRelay(t, database.runtime)
  const [store, direct] = [openTestStore(relay.target), openTestStore(database.runtime)]
  t.teardown(() => Promise.all([store.close(), direct.close()]))
  const bench = new Bench()
  const commitGroup = store.commitGroup.bind(store)
  let lost = 0
  let groups = 0
  const troubled: Store['commitGroup'] = (group) => {
    // In turn: after COMMIT, between the halves, at any place before.
    const isTime = groups++ % 4 === 3 && lost < losses
    if (isTime && lost++ % 3 === 0) relay.loseAnswer('COMMIT')
    else if (isTime && lost % 3 === 0) setImmediate(() => relay.cutBoth())
    const audit: typeof group.audit = (held) => {
      if (isTime && lost % 3 === 2) relay.cutBoth()
      return group.audit(held)
    }
    return commitGroup({ ...group, audit })
  }
  const log = bench.log({ store: Object.assign(store, { commitGroup: troubled }) })
  const taken = newId()
  await direct.put([insertOf(taken, valueOf(taken))])
  const seen: Seen = { acknowledged: [], refused: [], unknown: [] }
  const reads: Uuid[] = []
  let isOver = false
  const reading = Array.from({ length: readers }, () => read(log, () => isOver, reads))
  await Promise.all(Array.from({ length: writers }, () => write(log, seen, taken)))
  isOver = true
  await Promise.all(reading)
  await log.close()
  t.equal(lost, losses)
  t.ok(seen.acknowledged.length > seen.unknown.length, 'most were told')

  const chains = bench.sink.registered.map(({ chain }) => chain)
  const blocks = (await Promise.all(chains.map((chain) => direct.auditChain(chain, 1, 1e6)))).flat()
  const targets = blocks.flatMap((block) =>
    openBlock(bench.keys, block).map(({ target }) => target),
  )
  t.equal(new Set(targets).size, targets.length, 'no event is there twice')
  const recorded = new Set(targets)
  const rows = new Set((await direct.list('vault_entry', everything)).map(({ id }) => id))
  t.same(
    seen.acknowledged.filter((id) => !rows.has(id) || !recorded.has(id)),
    [],
  )
  t.same(
    seen.refused.filter((id) => rows.has(id) || recorded.has(id)),
    [],
  )
  t.same(
    seen.unknown.filter((id) => rows.has(id) !== recorded.has(id)),
    [],
  )
  t.same(
    reads.filter((id) => !recorded.has(id)),
    [],
  )
  t.equal(seen.refused.length + seen.unknown.length + seen.acknowledged.length, writers * rounds)
  const { tenant } = bench.keys
  const report = await verifyAudit(direct, bench.keys, bench.sink, { tenant, rows: null })
  t.match(report, { ok: true, chains: chains.length })
  await direct.put([{ op: 'delete', table: 'vault_entry', id: taken }])
  const options = { tenant, rows: new RecordedRows() }
  t.match(await verifyAudit(direct, bench.keys, bench.sink, options), { ok: true })
})

const everything = { offset: 0, state: null, limit: 1e6, secret: false }
