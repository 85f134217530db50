import t from 'tap'
import type { TenantId, Uuid } from '../../../../engine/ids.js'
import { ChainState, firstDigest } from '../../../../engine/worker/audit/chain.js'
import { openDetail } from '../../../../engine/worker/audit/detail.js'
import {
  recordBytes,
  type RecordFields,
  recordPrefix,
  writeDetailCommit,
  writeRecord,
} from '../../../../engine/worker/audit/record.js'
import { ChainWalk } from '../../../../engine/worker/audit/walk.js'
import { hex, readVectors } from '../../../vectors/read.js'
import { frozenTenant, open } from '../keys/fixture.js'

interface FrozenEvent extends RecordFields {
  readonly salt: string
  readonly json: string
  readonly detailCommit: string
  readonly record: string
  readonly digest: string
  readonly mac: string
  readonly sealed: string
}
interface FrozenChain {
  readonly chain: Uuid
  readonly writer: string
  readonly macKeyId: string
  readonly previousChain: Uuid | null
  readonly previousDigest: string | null
  readonly firstDigest: string
  readonly events: readonly FrozenEvent[]
}

// Made once by a rendering of FORMATS §5 of its own, not by the code under test.
const { tenant, chains } = readVectors<{ tenant: TenantId; chains: FrozenChain[] }>('audit')
const keys = open(frozenTenant())

const registrationOf = (frozen: FrozenChain) => ({
  chain: frozen.chain,
  writer: frozen.writer,
  macKeyId: hex(frozen.macKeyId),
  previousChain: frozen.previousChain,
  previousDigest: frozen.previousDigest === null ? null : hex(frozen.previousDigest),
})

t.test('the frozen records', async (t) => {
  for (const { chain, events } of chains)
    for (const event of events) {
      const record = Buffer.alloc(recordBytes)
      writeRecord(record, recordPrefix(tenant, chain), event, hex(event.detailCommit))
      t.equal(record.toString('hex'), event.record)
    }
})

t.test('the frozen commitments to details', async (t) => {
  for (const { salt, json, detailCommit } of chains.flatMap(({ events }) => events)) {
    const commit = Buffer.alloc(32)
    writeDetailCommit(commit, hex(salt), json)
    t.equal(commit.toString('hex'), detailCommit)
  }
})

t.test('the frozen chains', async (t) => {
  for (const frozen of chains) {
    const registration = registrationOf(frozen)
    t.equal(firstDigest(tenant, registration).toString('hex'), frozen.firstDigest)
    const state = ChainState.atStart(tenant, registration)
    for (const event of frozen.events) {
      state.advance(event, hex(event.detailCommit))
      t.equal(state.digest.toString('hex'), event.digest)
      t.equal(state.mac(keys).toString('hex'), event.mac)
    }
  }
})

t.test('the frozen sealed details open for ever', async (t) => {
  for (const event of chains.flatMap(({ events }) => events)) {
    const opened = openDetail(keys, { ...event, detail: hex(event.sealed) })
    t.equal(opened.json, event.json)
    t.equal(opened.commit.toString('hex'), event.detailCommit)
  }
})

t.test('the frozen rows verify', async (t) => {
  for (const frozen of chains) {
    const rows = frozen.events.map((event) => ({
      ...event,
      chain: frozen.chain,
      detail: hex(event.sealed),
      mac: hex(event.mac),
    }))
    const store = { auditChain: async (_: Uuid, from: number) => rows.slice(from - 1) }
    const walk = new ChainWalk(store, keys, tenant, registrationOf(frozen))
    t.equal(await walk.run(), null)
    t.equal(walk.state.seq, rows.length)
  }
})

t.test('what does not fit its field is refused, never cut', async (t) => {
  const [event] = chains[0]?.events ?? []
  if (!event) throw new Error('no vector')
  const write = (fields: Partial<RecordFields>) => () =>
    writeRecord(
      Buffer.alloc(recordBytes),
      recordPrefix(tenant, tenant),
      { ...event, ...fields },
      hex(event.detailCommit),
    )
  t.doesNotThrow(write({}))
  for (const fields of [
    { actorType: 257 },
    { action: 65_536 + 18 },
    { outcome: 256 },
    { targetType: -1 },
    { seq: 2 ** 53 },
    { time: -1 },
    { time: 1.5 },
    { actor: '' },
    { target: event.target.toUpperCase() },
    { requestId: `${event.requestId}0` },
  ])
    t.throws(write(fields), RangeError, JSON.stringify(fields))
})
