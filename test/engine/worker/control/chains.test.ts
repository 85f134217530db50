// Chains and anchors of all tenants: each of its own tenant, appended and never overwritten, each a signed checkpoint.
import { compactVerify, decodeProtectedHeader, importJWK } from 'jose'
import t from 'tap'
import { type TenantId, type Uuid, newId } from '../../../../engine/ids.js'
import type { AnchorRecord, ChainRegistration } from '../../../../engine/task/broker.js'
import { ChainKeeper } from '../../../../engine/worker/control/chains.js'
import { newSigningKey } from '../../../../engine/worker/control/signing.js'
import { createMemoryStore } from '../../../../engine/worker/store/memory/memory-store.js'
import { clock } from '../keys/fixture.js'

const [acme, contoso] = [newId(), newId()] as [TenantId, TenantId]
const key = await newSigningKey()
const issuer = newId()

const setUp = async () => {
  const store = createMemoryStore()
  const keeper = await ChainKeeper.open(store, clock, issuer, key)
  return { store, keeper }
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
  mac: Buffer.alloc(32, 2),
  count: seq,
  time: clock.now(),
})

t.test('what was registered comes back, in its order', async (t) => {
  const { keeper } = await setUp()
  const first = chainOf('node-a')
  const chains = [first, chainOf('node-b'), chainOf('node-a', first.chain)]
  for (const chain of chains) await keeper.register(acme, chain)
  t.same(await keeper.chains(acme), chains)
  t.same(await keeper.chains(contoso), [])
})

t.test('registered again, or by another tenant: it stays as it was', async (t) => {
  const { keeper } = await setUp()
  const chain = chainOf('node-a')
  await keeper.register(acme, chain)
  await keeper.register(acme, { ...chain, writer: 'mallory' })
  await keeper.register(contoso, chain)
  t.same(await keeper.chains(acme), [chain])
  t.same(await keeper.chains(contoso), [])
  await t.rejects(keeper.append(contoso, anchorOf(chain.chain, 1)), { message: /not registered/ })
})

t.test('a writer goes on with its newest chain and that chain’s last anchor', async (t) => {
  const { keeper } = await setUp()
  t.equal(await keeper.resume(acme, 'node-a'), null)
  const [old, present] = [chainOf('node-a'), chainOf('node-a')]
  for (const chain of [old, present, chainOf('node-b')]) await keeper.register(acme, chain)
  t.same(await keeper.resume(acme, 'node-a'), { registration: present, anchor: null })
  for (const seq of [9, 10, 100]) await keeper.append(acme, anchorOf(present.chain, seq))
  t.match(await keeper.resume(acme, 'node-a'), { anchor: { seq: 100 } })
})

t.test('anchors: newest first, below a place', async (t) => {
  const { keeper } = await setUp()
  const { chain, ...rest } = chainOf('node-a')
  await keeper.register(acme, { chain, ...rest })
  for (const seq of [1, 2, 10]) await keeper.append(acme, anchorOf(chain, seq))
  const seqs = async (before: number | null) =>
    (await keeper.anchors(acme, chain, before)).map(({ seq }) => seq)
  t.same(await seqs(null), [10, 2, 1])
  t.same(await seqs(10), [2, 1])
  t.same(await keeper.anchors(acme, chain, 2), [anchorOf(chain, 1)])
})

t.test('never overwritten', async (t) => {
  const { keeper } = await setUp()
  const registration = chainOf('node-a')
  await keeper.register(acme, registration)
  await keeper.append(acme, anchorOf(registration.chain, 1, 1))
  await keeper.append(acme, anchorOf(registration.chain, 1, 9))
  const found = await keeper.anchors(acme, registration.chain, null)
  t.same(found, [anchorOf(registration.chain, 1, 1)])
})

t.test('no tenant reads or anchors the chain of another, also once it is known', async (t) => {
  const { keeper } = await setUp()
  const registration = chainOf('node-a')
  await keeper.register(acme, registration)
  await keeper.append(acme, anchorOf(registration.chain, 1))
  const refused = { message: /not registered/ }
  await t.rejects(keeper.append(contoso, anchorOf(registration.chain, 2)), refused)
  await t.rejects(keeper.anchors(contoso, registration.chain, null), refused)
  await t.rejects(keeper.anchors(acme, newId(), null), refused)
  const sink = keeper.sinkOf(contoso)
  await t.rejects(sink.append(anchorOf(registration.chain, 2)), refused)
  t.same(await sink.chains(), [])
})

t.test('each anchor is a checkpoint that anybody can verify', async (t) => {
  const { store, keeper } = await setUp()
  const registration = chainOf('node-a')
  await keeper.register(acme, registration)
  await keeper.append(acme, anchorOf(registration.chain, 7))
  const [row] = await store.children('audit_anchor', registration.chain, { limit: 1 })
  const statement = row!.secret!.toString()
  const { payload } = await compactVerify(statement, await importJWK(key.publicJwk, 'EdDSA'))
  t.same(JSON.parse(Buffer.from(payload).toString()), {
    tenant: acme,
    chain: registration.chain,
    seq: 7,
    count: 7,
    time: clock.now(),
    digest: '01'.repeat(32),
    iss: issuer,
  })
  t.same(decodeProtectedHeader(statement), {
    alg: 'EdDSA',
    typ: 'rppam-checkpoint+jws',
    kid: key.kid,
  })
})

t.test('when a tenant was last anchored, by whichever writer', async (t) => {
  const { keeper } = await setUp()
  t.equal(await keeper.lastAnchorTime(acme), null)
  const [first, second, foreign] = [chainOf('node-a'), chainOf('node-b'), chainOf('node-a')]
  for (const chain of [first, second]) await keeper.register(acme, chain)
  await keeper.register(contoso, foreign)
  t.equal(await keeper.lastAnchorTime(acme), null)
  await keeper.append(acme, { ...anchorOf(first.chain, 1), time: 3_000 })
  await keeper.append(acme, { ...anchorOf(second.chain, 1), time: 2_000 })
  await keeper.append(contoso, { ...anchorOf(foreign.chain, 1), time: 9_000 })
  t.equal(await keeper.lastAnchorTime(acme), 3_000)
})
