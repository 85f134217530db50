import t from 'tap'
import type { Keyring } from '../../../../engine/worker/keys/keyring.js'
import { Bench, appendEach, appendMany, eventOf, writtenLog } from './fixture.js'

t.test('opened again, a writer goes on with its chain', async (t) => {
  const bench = new Bench()
  for (const count of [3, 1, 4]) await writtenLog(bench, count)
  t.match(await bench.verify(), { ok: true, events: 8, chains: 1, unanchored: 0 })
})

t.test('what the last run left without an anchor is kept and anchored', async (t) => {
  const bench = new Bench()
  await appendMany(bench.log(), 5)
  t.same(bench.sink.seqs(), [])
  const log = bench.log()
  await log.append(eventOf())
  t.same(bench.sink.seqs(), [5])
  t.match(await bench.verify(), { ok: true, events: 6, chains: 1, unanchored: 1 })
})

t.test('two writers have a chain each', async (t) => {
  const bench = new Bench()
  const logs = [bench.log(), bench.log({ writer: 'node-b' })]
  await Promise.all(logs.map((log) => appendMany(log, 20)))
  await Promise.all(logs.map((log) => log.close()))
  t.same(bench.sink.registered.map(({ writer }) => writer).sort(), ['node-a', 'node-b'])
  t.match(await bench.verify(), { ok: true, events: 40, chains: 2 })
})

t.test('two that take themselves for the same writer part, and no event is lost', async (t) => {
  const bench = new Bench()
  await writtenLog(bench, 3)
  const [one, two] = [bench.log(), bench.log()]
  await one.append(eventOf())
  await two.append(eventOf())
  await one.append(eventOf())
  await two.append(eventOf())
  await Promise.all([one.close(), two.close()])
  const report = await bench.verify()
  t.match(report, { ok: true, events: 7, chains: 2 })
  t.same(
    bench.sink.registered.map(({ previousChain }) => previousChain),
    [null, null],
  )
})

t.test('a commit that meets another writer is done once, in the new chain', async (t) => {
  const bench = new Bench()
  await writtenLog(bench, 1)
  const [one, two] = [bench.log(), bench.log()]
  await Promise.all([one, two].map((log) => log.append(eventOf())))
  const before = (await bench.store.state()).accessEpoch
  const raise = { changes: [], outbox: [], guard: () => bench.access.present.raise() }
  await one.commit(raise, [eventOf()])
  await two.commit(raise, [eventOf()])
  t.equal((await bench.store.state()).accessEpoch, before + 2)
  t.match(await bench.verify(), { ok: true, events: 5 })
})

// The audit key of the same tenant, one version further.
const rotated = (keys: Keyring): Keyring => {
  const other = Buffer.alloc(8, 7)
  return Object.assign(Object.create(keys) as Keyring, {
    tenant: keys.tenant,
    auditMacKeyId: () => other,
    sealText: keys.sealText.bind(keys),
    openText: keys.openText.bind(keys),
    auditTerm: (input: Uint8Array, key: Uint8Array) =>
      keys.auditTerm(input, other.equals(key) ? keys.auditMacKeyId() : key),
    auditMac: (digest: Uint8Array, key?: number | Uint8Array) => {
      const isNew = key instanceof Uint8Array && other.equals(key)
      const { mac, keyId } = keys.auditMac(digest, isNew ? undefined : key)
      return { mac: isNew ? Buffer.from(mac).reverse() : mac, keyId }
    },
  })
}

t.test('after a rotation of the MAC key a successor goes on from the last digest', async (t) => {
  const before = new Bench()
  await appendEach(before.log(), 3)
  const keys = rotated(before.keys)
  const log = before.log({ keys })
  await appendMany(log, 2)
  await log.close()
  const bench = Object.assign(new Bench(keys), { store: before.store, sink: before.sink })
  const [, successor] = bench.sink.registered
  t.equal(successor?.previousChain, bench.sink.chain())
  t.same(
    bench.sink.anchored[0]?.digest,
    successor?.previousDigest,
    'the closing digest is anchored',
  )
  t.match(await bench.verify(), { ok: true, events: 5, chains: 2, unanchored: 0 })

  t.comment('and a predecessor that was cut since is found by that link alone')
  bench.sink.anchored = []
  bench.store.tamperAudit(bench.sink.chain(), 3, () => null)
  t.match(await bench.verify(), { ok: false, firstBad: { sequence: 2, reason: 'link_mismatch' } })
})
