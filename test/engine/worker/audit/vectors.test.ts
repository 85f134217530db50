import t from 'tap'
import type { TenantId, Uuid } from '../../../../engine/ids.js'
import { type BlockFields, contentHash } from '../../../../engine/worker/audit/block.js'
import { ChainState, firstDigest } from '../../../../engine/worker/audit/chain.js'
import { checkContents } from '../../../../engine/worker/audit/contents.js'
import { filterOf, type TermKind, Terms } from '../../../../engine/worker/audit/filter.js'
import { lineOf, parseLine } from '../../../../engine/worker/audit/line.js'
import { ChainWalk } from '../../../../engine/worker/audit/walk.js'
import type { AuditBlock } from '../../../../engine/worker/store/store.js'
import { hex, readVectors } from '../../../vectors/read.js'
import { frozenTenant, open } from '../keys/fixture.js'

type Bytes = 'filter' | 'contentHash' | 'sealed' | 'mac'
interface FrozenBlock
  extends Omit<AuditBlock, Bytes | 'chain'>, Readonly<Record<Bytes | 'digest', string>> {
  readonly lines: readonly string[]
}
interface FrozenChain {
  readonly chain: Uuid
  readonly writer: string
  readonly macKeyId: string
  readonly previousChain: Uuid | null
  readonly previousDigest: string | null
  readonly firstDigest: string
  readonly blocks: readonly FrozenBlock[]
}
interface FrozenTerm {
  readonly kind: TermKind
  readonly value: Uuid | number
  readonly term: string
}

// Made once by a rendering of FORMATS §5 of its own, in another language, not by the code under test.
const { tenant, terms, chains } = readVectors<{
  tenant: TenantId
  terms: FrozenTerm[]
  chains: FrozenChain[]
}>('audit-block')
const keys = open(frozenTenant())

const registrationOf = (frozen: FrozenChain) => ({
  chain: frozen.chain,
  writer: frozen.writer,
  macKeyId: hex(frozen.macKeyId),
  previousChain: frozen.previousChain,
  previousDigest: frozen.previousDigest === null ? null : hex(frozen.previousDigest),
})

const blockOf = (chain: Uuid, block: FrozenBlock): AuditBlock => ({
  chain,
  firstSeq: block.firstSeq,
  count: block.count,
  secretReads: block.secretReads,
  epoch: block.epoch,
  firstTime: block.firstTime,
  lastTime: block.lastTime,
  filter: hex(block.filter),
  contentHash: hex(block.contentHash),
  sealed: hex(block.sealed),
  mac: hex(block.mac),
})

const everyBlock = chains.flatMap((frozen) =>
  frozen.blocks.map((vector) => ({ frozen, vector, block: blockOf(frozen.chain, vector) })),
)

t.test('the frozen lines', async (t) => {
  for (const line of everyBlock.flatMap(({ vector }) => vector.lines)) {
    const [salt] = JSON.parse(line) as [string]
    t.equal(lineOf(salt, parseLine(line)), line)
  }
})

t.test('the frozen hashes of contents', async (t) => {
  for (const { vector } of everyBlock)
    t.equal(contentHash(vector.lines).toString('hex'), vector.contentHash)
})

t.test('the frozen terms and filters', async (t) => {
  for (const { kind, value, term } of terms)
    t.equal(new Terms(keys, keys.auditMacKeyId()).of(kind, value).toString('hex'), term)
  for (const { frozen, vector } of everyBlock) {
    const events = vector.lines.map(parseLine)
    const all = new Terms(keys, hex(frozen.macKeyId)).ofAll(events)
    const filter = filterOf(all, frozen.chain, vector.firstSeq, vector.count)
    t.equal(filter.toString('hex'), vector.filter)
  }
})

t.test('the frozen chains', async (t) => {
  for (const frozen of chains) {
    const registration = registrationOf(frozen)
    t.equal(firstDigest(tenant, registration).toString('hex'), frozen.firstDigest)
    const state = ChainState.atStart(tenant, registration)
    for (const vector of frozen.blocks) {
      state.advance(blockOf(frozen.chain, vector))
      t.equal(state.digest.toString('hex'), vector.digest)
      t.equal(state.mac(keys).toString('hex'), vector.mac)
    }
  }
})

t.test('the frozen blocks open for ever, and their filters are vouched for', async (t) => {
  for (const { frozen, vector, block } of everyBlock) {
    const contents = checkContents(keys, new Terms(keys, hex(frozen.macKeyId)), block)
    t.same(contents, { events: vector.lines.map(parseLine), reason: null })
  }
})

t.test('the frozen blocks verify', async (t) => {
  for (const frozen of chains) {
    const blocks = frozen.blocks.map((vector) => blockOf(frozen.chain, vector))
    const store = {
      auditChain: async (_: Uuid, from: number) =>
        blocks.filter(({ firstSeq }) => firstSeq >= from),
    }
    const walk = new ChainWalk(store, keys, tenant, registrationOf(frozen))
    t.equal(await walk.run(), null)
    t.equal(
      walk.state.seq,
      blocks.reduce((sum, { count }) => sum + count, 0),
    )
  }
})

t.test(
  'what does not fit its field is refused, never cut, and leaves the chain alone',
  async (t) => {
    const [frozen] = chains
    const [vector] = frozen?.blocks ?? []
    if (!frozen || !vector) throw new Error('no vector')
    const state = ChainState.atStart(tenant, registrationOf(frozen))
    for (const change of [
      { firstSeq: 2 },
      { count: 0 },
      { count: 2 ** 32 },
      { secretReads: -1 },
      { secretReads: 0.5 + 2 ** 32 },
      { epoch: 2 ** 53 },
      { firstTime: -1 },
      { lastTime: 1.5 },
      { contentHash: Buffer.alloc(31) },
    ] satisfies Partial<BlockFields>[]) {
      const advance = () => state.advance({ ...blockOf(frozen.chain, vector), ...change })
      t.throws(advance, RangeError, JSON.stringify(change))
      t.equal(state.digest.toString('hex'), frozen.firstDigest)
    }
    t.equal(state.seq, 0)
  },
)
