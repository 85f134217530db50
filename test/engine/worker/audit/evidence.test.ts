// An export in the form of evidence is checked with the installation's public keys alone, by a reader of its own.
import t from 'tap'
import { newId } from '../../../../engine/ids.js'
import { exportEvidence } from '../../../../engine/worker/audit/evidence.js'
import { StatementVerifier } from '../../../../engine/worker/audit/statement.js'
import { anchorSinkOf } from '../../../../engine/worker/context/audit-sink.js'
import { Attestation } from '../../../../engine/worker/control/attestation.js'
import { ChainKeeper } from '../../../../engine/worker/control/chains.js'
import { newSigningKey } from '../../../../engine/worker/control/signing.js'
import { createMemoryStore } from '../../../../engine/worker/store/memory/memory-store.js'
import { appendEach, appendMany, Bench } from './fixture.js'

interface Reader {
  readonly events: number
  readonly unreadable: number
  take(line: string): Promise<void>
  end(): void
}
const { Evidence } = (await import(
  new URL('../../../../../../scripts/verify-evidence.mjs', import.meta.url).href
)) as { Evidence: new (keys: object) => Reader }

const all = { from: 0, to: Number.MAX_SAFE_INTEGER }

/** Two writers' chains, anchored by a keeper that signs. */
const setUp = async () => {
  const bench = new Bench()
  const attestation = await Attestation.open(bench.clock, newId(), await newSigningKey())
  const keeper = new ChainKeeper(createMemoryStore(), bench.clock, attestation)
  const verifier = new StatementVerifier(async () => attestation.keys())
  const sink = anchorSinkOf(bench.keys.tenant, keeper, verifier)
  const [one, two] = [bench.log({ sink }), bench.log({ sink, writer: 'node-b' })]
  for (let hour = 0; hour < 3; hour++) {
    await appendMany(one, 5)
    await appendEach(two, 2)
    for (const log of [one, two]) await log.tick()
    bench.clock.time += 3_600_000
  }
  const exported = async (range = all): Promise<string[]> => {
    const parts = {
      store: bench.store,
      keys: bench.keys,
      sink,
      giveWay: () => Promise.resolve(),
      confirm: () => Promise.resolve(),
    }
    let text = ''
    for await (const piece of exportEvidence(parts, range)) text += piece
    return text.trimEnd().split('\n')
  }
  return { bench, attestation, sink, exported }
}

const read = async (keys: object, lines: readonly string[]): Promise<Reader> => {
  const evidence = new Evidence(keys)
  for (const line of lines) await evidence.take(line)
  evidence.end()
  return evidence
}

t.test('the whole log', async (t) => {
  const { attestation, exported } = await setUp()
  t.match(await read(attestation.keys(), await exported()), { events: 21, unreadable: 0 })
})

t.test('a part of it, from checkpoint to checkpoint', async (t) => {
  const { bench, attestation, exported } = await setUp()
  const from = bench.clock.time - 2 * 3_600_000
  const part = await exported({ from, to: from + 1 })
  t.match(await read(attestation.keys(), part), { events: 14 })
  const none = await exported({ from: bench.clock.time + 1, to: bench.clock.time + 2 })
  t.match(await read(attestation.keys(), none), { events: 0 })
})

t.test('a block that does not open keeps its place', async (t) => {
  const { bench, attestation, sink, exported } = await setUp()
  const [first] = await sink.chains()
  bench.store.tamperAudit(first!.chain, 6, (block) => ({ ...block, sealed: Buffer.alloc(0) }))
  t.match(await read(attestation.keys(), await exported()), { events: 21, unreadable: 5 })
})

t.test('what was altered, left out, cut off or put in', async (t) => {
  const { attestation, exported } = await setUp()
  const lines = await exported()
  const keys = attestation.keys()
  const at = lines.findIndex((line) => line.includes('"block"'))
  const changed: Readonly<Record<string, readonly string[]>> = {
    'the end': lines.slice(0, -1),
    'a line': lines.filter((_, i) => i !== at),
    'a word': lines.map((line, i) => (i === at ? line.replace('alice', 'mallo') : line)),
    'a registration': lines.slice(1),
    'a line twice': [...lines.slice(0, at), lines[at]!, ...lines.slice(at)],
    'a line behind': [...lines, lines[at]!],
  }
  for (const [what, text] of Object.entries(changed)) await t.rejects(read(keys, text), Error, what)
})

t.test('what the provider exports anew from a database that was cut', async (t) => {
  const { bench, attestation, sink, exported } = await setUp()
  const [first] = await sink.chains()
  bench.store.tamperAudit(first!.chain, 6, () => null)
  await t.rejects(read(attestation.keys(), await exported()), /event 6 is missing/)
})

t.test('with the keys of another installation nothing holds', async (t) => {
  const { exported } = await setUp()
  const { attestation } = await setUp()
  await t.rejects(read(attestation.keys(), await exported()))
})
