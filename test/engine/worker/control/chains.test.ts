// Chains and anchors of all tenants: each of its own tenant, appended and never overwritten, each a statement that anybody
// can verify, and that is believed only when it verifies.
import { compactVerify, decodeProtectedHeader, importJWK } from 'jose'
import t from 'tap'
import { type TenantId, type Uuid, newId } from '../../../../engine/ids.js'
import type { AnchorRecord, ChainRegistration } from '../../../../engine/task/broker.js'
import { StatementVerifier, statementHash } from '../../../../engine/worker/audit/statement.js'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import { anchorSinkOf } from '../../../../engine/worker/context/audit-sink.js'
import { floorOf } from '../../../../engine/worker/context/state-floor.js'
import { Attestation } from '../../../../engine/worker/control/attestation.js'
import { ChainKeeper } from '../../../../engine/worker/control/chains.js'
import { newSigningKey } from '../../../../engine/worker/control/signing.js'
import { createMemoryStore } from '../../../../engine/worker/store/memory/memory-store.js'
import type { Row } from '../../../../engine/worker/store/store.js'
import { clock } from '../keys/fixture.js'

const [acme, contoso] = [newId(), newId()] as [TenantId, TenantId]
const key = await newSigningKey()
const issuer = newId()

const setUp = async (store = createMemoryStore()) => {
  const attestation = await Attestation.open(clock, issuer, key)
  const keeper = new ChainKeeper(store, clock, attestation)
  const verifier = new StatementVerifier(async () => attestation.keys())
  const sinkOf = (tenant: TenantId) => anchorSinkOf(tenant, keeper, verifier)
  return { store, keeper, sinkOf, sink: sinkOf(acme), other: sinkOf(contoso) }
}

const chainOf = (writer: string, previous: Uuid | null = null): ChainRegistration => ({
  chain: newId(),
  writer,
  previousChain: previous,
  previousDigest: previous === null ? null : Buffer.alloc(32, 3),
  macKeyId: Buffer.alloc(8, 4),
})

const anchorOf = (chain: Uuid, seq: number, fill = 1): AnchorRecord => ({
  chain,
  seq,
  digest: Buffer.alloc(32, fill),
  epoch: 7,
  state: Buffer.alloc(32, 2),
  time: clock.now() + 123,
})

const saidBy = async (row: Row | undefined) => {
  const jws = row!.doc.toString()
  const { payload } = await compactVerify(jws, await importJWK(key.publicJwk, 'EdDSA'))
  return {
    jws,
    header: decodeProtectedHeader(jws),
    claims: JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>,
  }
}

t.test('what was registered comes back, in its order', async (t) => {
  const { sink, other } = await setUp()
  const first = chainOf('node-a')
  const chains = [first, chainOf('node-b'), chainOf('node-a', first.chain)]
  for (const chain of chains) await sink.register(chain)
  t.match(await sink.chains(), chains)
  t.same(await other.chains(), [])
})

t.test('registered again, or by another tenant: it stays as it was', async (t) => {
  const { sink, other } = await setUp()
  const chain = chainOf('node-a')
  await sink.register(chain)
  await sink.register({ ...chain, writer: 'mallory' })
  await other.register(chain)
  t.match(await sink.chains(), [chain])
  t.same(await other.chains(), [])
  await t.rejects(other.append(anchorOf(chain.chain, 1)), { message: /not registered/ })
})

t.test('registrations of one moment, of two nodes, have a number each', async (t) => {
  const { store, sink } = await setUp()
  const node = await setUp(store)
  const chains = Array.from({ length: 6 }, (_, i) => chainOf(`node-${i}`))
  await Promise.all(chains.map((chain, i) => (i % 2 ? node.sink : sink).register(chain)))
  const found = await sink.chains()
  t.same(new Set(found.map(({ writer }) => writer)), new Set(chains.map(({ writer }) => writer)))
  const rows = await store.children('audit_chain', acme, { limit: 10 })
  t.same(
    rows.map(({ version }) => version),
    [6, 5, 4, 3, 2, 1],
  )
})

t.test('anchors: newest first, below a place, and the last of all', async (t) => {
  const { sink } = await setUp()
  const [{ chain, ...rest }, empty, second] = [chainOf('a'), chainOf('b'), chainOf('c')]
  for (const each of [{ chain, ...rest }, empty, second]) await sink.register(each)
  t.equal(await sink.last(chain), null)
  for (const seq of [1, 2, 10]) await sink.append(anchorOf(chain, seq))
  await sink.append(anchorOf(second.chain, 4))
  const seqs = async (before: number | null) =>
    (await sink.anchors(chain, before)).map(({ seq }) => seq)
  t.same(await seqs(null), [10, 2, 1])
  t.same(await seqs(10), [2, 1])
  t.match(await sink.anchors(chain, 2), [anchorOf(chain, 1)])
  t.match(await sink.last(chain), anchorOf(chain, 10))
  t.same(
    new Set((await sink.lastOfAll()).map((anchor) => `${anchor.chain} ${anchor.seq}`)),
    new Set([`${chain} 10`, `${second.chain} 4`]),
  )
})

t.test('many of one moment leave in one statement', async (t) => {
  const { store, sink, other } = await setUp()
  const [mine, theirs] = [chainOf('a'), chainOf('a')]
  await sink.register(mine)
  await other.register(theirs)
  const before = store.calls.get('put') ?? 0
  const unknown = sink.append(anchorOf(newId(), 1))
  await Promise.all([
    ...[1, 2, 3].map((seq) => sink.append(anchorOf(mine.chain, seq))),
    other.append(anchorOf(theirs.chain, 1)),
    t.rejects(unknown, { message: /not registered/ }, 'it fails alone'),
  ])
  t.equal(store.calls.get('put'), before + 1)
  t.equal((await sink.anchors(mine.chain, null)).length, 3)
})

t.test('a statement that failed is made anew', async (t) => {
  const { store, sink } = await setUp()
  const registration = chainOf('a')
  await sink.register(registration)
  await sink.append(anchorOf(registration.chain, 1))
  for (const isKept of [false, true]) {
    store.failNext('put', 'unavailable', isKept)
    await t.rejects(sink.append(anchorOf(registration.chain, 2)), { code: 'unavailable' })
    await sink.append(anchorOf(registration.chain, 2))
  }
  t.same(
    (await sink.anchors(registration.chain, null)).map(({ seq }) => seq),
    [2, 1],
  )
})

t.test('never overwritten', async (t) => {
  const { sink } = await setUp()
  const { chain, ...rest } = chainOf('node-a')
  await sink.register({ chain, ...rest })
  await sink.append(anchorOf(chain, 5))
  for (const seq of [5, 4]) await sink.append(anchorOf(chain, seq, 9))
  const found = await sink.anchors(chain, null)
  t.equal(found.length, 1)
  t.match(found, [anchorOf(chain, 5)])
})

t.test('no tenant reads or anchors the chain of another, also once it is known', async (t) => {
  const { sink, other } = await setUp()
  const { chain, ...rest } = chainOf('node-a')
  await sink.register({ chain, ...rest })
  await sink.append(anchorOf(chain, 1))
  const refused = { message: /not registered/ }
  await t.rejects(other.append(anchorOf(chain, 2)), refused)
  await t.rejects(other.anchors(chain, null), refused)
  await t.rejects(other.last(chain), refused)
  await t.rejects(sink.anchors(newId(), null), refused)
  t.same(await other.lastOfAll(), [])
})

t.test('registrations and anchors are statements that anybody can verify', async (t) => {
  const { store, sink } = await setUp()
  const [first, second] = [chainOf('node-a'), chainOf('node-b')]
  for (const chain of [first, second]) await sink.register(chain)
  for (const seq of [7, 9]) await sink.append(anchorOf(second.chain, seq))
  const [one, two] = await Promise.all(
    [first, second].map(async ({ chain }) => saidBy((await store.read('audit_chain', [chain]))[0])),
  )
  const header = { alg: 'Ed25519', kid: key.kid }
  t.same(one!.header, { ...header, typ: 'rppam-chain+jws' })
  t.same(two!.claims, {
    iss: issuer,
    tid: acme,
    num: 2,
    chain: second.chain,
    writer: 'node-b',
    prevChain: null,
    prevDigest: null,
    macKeyId: '04'.repeat(8),
    prev: statementHash(one!.jws),
    iat: clock.now() / 1_000,
  })
  const rows = await store.children('audit_anchor', second.chain, { limit: 2 })
  const [later, earlier] = await Promise.all(rows.map(saidBy))
  t.same(later!.header, { ...header, typ: 'rppam-checkpoint+jws' })
  t.same(later!.claims, {
    iss: issuer,
    tid: acme,
    chain: second.chain,
    reg: statementHash(two!.jws),
    regs: 2,
    n: 2,
    prev: statementHash(earlier!.jws),
    seq: 9,
    count: 9,
    digest: '01'.repeat(32),
    epoch: 7,
    state: '02'.repeat(32),
    iat: (clock.now() + 123) / 1_000,
  })
  t.match(earlier!.claims, { n: 1, prev: null, seq: 7 })
})

t.test(
  'a registration that was altered, left out or put in between: none is believed',
  async (t) => {
    const { store, sink } = await setUp()
    const chains = [chainOf('node-a'), chainOf('node-b'), chainOf('node-c')]
    for (const chain of chains) await sink.register(chain)
    const rows = await Promise.all(
      chains.map(async ({ chain }) => (await store.read('audit_chain', [chain]))[0]!),
    )
    const [first, second, third] = rows as [Row, Row, Row]
    const changes: readonly [string, Uuid, (row: Row) => Row | null][] = [
      ['altered', second.id, (row) => ({ ...row, doc: Buffer.from(`${String(row.doc)}A`) })],
      ['exchanged', first.id, (row) => ({ ...row, doc: second.doc })],
      ['the last exchanged', third.id, (row) => ({ ...row, doc: second.doc })],
      ['left out', second.id, () => null],
      ['no statement', third.id, (row) => ({ ...row, doc: Buffer.alloc(0) })],
    ]
    for (const [what, id, change] of changes) {
      store.tamper('audit_chain', id, change)
      await t.rejects(sink.chains(), IntegrityError, what)
      const [there] = await store.read('audit_chain', [id])
      if (there) store.tamper('audit_chain', id, () => rows.find((row) => row.id === id)!)
      else
        await store.put([
          { op: 'ensure', table: 'audit_chain', row: rows.find((r) => r.id === id)! },
        ])
      t.equal((await sink.chains()).length, 3)
    }
  },
)

t.test('an anchor that was altered or is of another chain is not believed', async (t) => {
  const { store, sink } = await setUp()
  const [one, two] = [chainOf('node-a'), chainOf('node-b')]
  for (const { chain, ...rest } of [one, two]) {
    await sink.register({ chain, ...rest })
    for (const seq of [1, 2, 3]) await sink.append(anchorOf(chain, seq))
  }
  const [third, second] = await store.children('audit_anchor', one.chain, { limit: 3 })
  const [foreign] = await store.children('audit_anchor', two.chain, { limit: 1 })
  const docs = [foreign!.doc, Buffer.from(String(third!.doc).replace(/.$/, '')), Buffer.alloc(0)]
  for (const doc of docs) {
    store.tamper('audit_anchor', second!.id, (row) => ({ ...row, doc }))
    await t.rejects(sink.anchors(one.chain, null), IntegrityError)
    t.match(await sink.last(one.chain), { seq: 3 })
  }
  store.tamper('audit_anchor', second!.id, () => null)
  t.equal((await sink.anchors(one.chain, null)).length, 2, 'thinned out')
})

t.test('the newest registration is gone: a checkpoint of another chain counts it', async (t) => {
  const { store, sink } = await setUp()
  const [one, two] = [chainOf('node-a'), chainOf('node-b')]
  await sink.register(one)
  await sink.append(anchorOf(one.chain, 1))
  await sink.register(two)
  await sink.append(anchorOf(one.chain, 2))
  const tenant = createMemoryStore()
  t.match(await floorOf(sink, tenant), { accessEpoch: 7 })
  store.tamper('audit_chain', two.chain, () => null)
  t.equal((await sink.chains()).length, 1)
  await t.rejects(floorOf(sink, tenant), IntegrityError)
})

t.test('places that were altered beside the statements end no walk and begin none', async (t) => {
  for (const version of [1, 2, 99]) {
    const { store, sink } = await setUp()
    const { chain, ...rest } = chainOf('node-a')
    await sink.register({ chain, ...rest })
    for (const seq of [3, 4, 5]) await sink.append(anchorOf(chain, seq))
    const [, row] = await store.children('audit_anchor', chain, { limit: 3 })
    store.tamper('audit_anchor', row!.id, (anchor) => ({ ...anchor, version }))
    const walk = async () => {
      let page = await sink.anchors(chain, null)
      while (page.length > 0) page = await sink.anchors(chain, page.at(-1)!.seq)
    }
    await t.rejects(walk(), IntegrityError, String(version))
  }
})

t.test('what another key has signed is not believed', async (t) => {
  const { store, sink } = await setUp()
  await sink.register(chainOf('node-a'))
  const stranger = await Attestation.open(clock, issuer, await newSigningKey())
  const keeper = new ChainKeeper(store, clock, stranger)
  await keeper.registerChain(acme, chainOf('node-b'))
  await t.rejects(sink.chains(), IntegrityError)
})

t.test('when a tenant was last anchored, by whichever writer', async (t) => {
  const { keeper, sink, other } = await setUp()
  t.equal(await keeper.lastAnchorTime(acme), null)
  const [first, second, foreign] = [chainOf('node-a'), chainOf('node-b'), chainOf('node-a')]
  for (const chain of [first, second]) await sink.register(chain)
  await other.register(foreign)
  t.equal(await keeper.lastAnchorTime(acme), null)
  await sink.append({ ...anchorOf(first.chain, 1), time: 3_001 })
  await sink.append({ ...anchorOf(second.chain, 1), time: 2_000 })
  await other.append({ ...anchorOf(foreign.chain, 1), time: 9_000 })
  t.equal(await keeper.lastAnchorTime(acme), 3_001)
})
