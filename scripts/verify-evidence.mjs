// Checks an evidence export (FORMATS §5) with the installation's public keys and nothing else: no engine, no database, no
// key of the tenant.
//
//   node scripts/verify-evidence.mjs attestation-keys.json export.ndjson
//
// The keys are those of GET /system/attestation-keys, kept when the provider was trusted. Exit code 0: the export is whole,
// and every block is what was anchored; what is wrong is told otherwise.
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { compactVerify, createLocalJWKSet } from 'jose'

const sha256 = (...parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
const bytes = (id) => Buffer.from(id.replaceAll('-', ''), 'hex')
const u32 = (value) => Buffer.from(Uint32Array.of(value).buffer).swap32()
const u64 = (value) => {
  const buffer = Buffer.alloc(8)
  buffer.writeBigUInt64BE(BigInt(value))
  return buffer
}

const firstDigest = ({ tid, chain, macKeyId, prevChain, prevDigest }) =>
  sha256(
    'RPPAM-CHAIN\x01',
    bytes(tid),
    bytes(chain),
    Buffer.from(macKeyId, 'hex'),
    prevChain === null ? Buffer.alloc(16) : bytes(prevChain),
    prevDigest === null ? Buffer.alloc(32) : Buffer.from(prevDigest, 'hex'),
  )

const contentHash = (lines) =>
  sha256('RPPAM-EVENTS\x01', ...lines.map((line) => sha256(line))).toString('hex')

const link = (digest, tenant, block) =>
  sha256(
    'RPPAM-BLOCK\x01',
    digest,
    bytes(tenant),
    bytes(block.chain),
    u64(block.firstSeq),
    u32(block.count),
    u32(block.secretReads),
    u64(block.epoch),
    u64(block.firstTime),
    u64(block.lastTime),
    Buffer.from(block.filterHash, 'hex'),
    Buffer.from(block.contentHash, 'hex'),
  )

export class Evidence {
  #keys
  #hash = createHash('sha256')
  #chains = new Map()
  #registrations = []
  #isEnded = false
  blocks = 0
  events = 0
  unreadable = 0
  checkpoints = 0
  unanchored = 0

  /** `keys`: a JSON Web Key Set. */
  constructor(keys) {
    this.#keys = createLocalJWKSet(keys)
  }

  /** Throws an Error that says what is wrong. */
  async take(text) {
    if (this.#isEnded) throw new Error('there is something after the last line')
    const value = JSON.parse(text)
    if (value.export === undefined) this.#hash.update(`${text}\n`)
    if (value.registration !== undefined) await this.#register(value.registration)
    else if (value.block !== undefined) this.#block(value.block)
    else if (value.checkpoint !== undefined) await this.#checkpoint(value.checkpoint)
    else if (value.export !== undefined) await this.#end(value.export)
    else throw new Error('a line of no known form')
  }

  end() {
    if (!this.#isEnded) throw new Error('cut off: the statement at the end is missing')
  }

  async #said(jws, type) {
    const { payload, protectedHeader } = await compactVerify(jws, this.#keys)
    if (protectedHeader.typ !== type) throw new Error(`a statement that is no ${type}`)
    return JSON.parse(Buffer.from(payload).toString())
  }

  async #register(jws) {
    const said = await this.#said(jws, 'rppam-chain+jws')
    const before = this.#registrations.at(-1) ?? null
    if (said.num !== this.#registrations.length + 1) throw new Error('a registration is missing')
    if (said.prev !== (before && sha256(before).toString('hex')))
      throw new Error('a registration does not follow the one before')
    this.#registrations.push(jws)
    const state = { said, digest: firstDigest(said), pending: [], checkpoints: [] }
    this.#chains.set(said.chain, state)
  }

  #block(block) {
    const chain = this.#chains.get(block.chain)
    if (!chain) throw new Error('a block of a chain that is not registered')
    if (block.lines === null) this.unreadable += block.count
    else if (block.lines.length !== block.count || contentHash(block.lines) !== block.contentHash)
      throw new Error(`chain ${block.chain}, event ${block.firstSeq}: the lines are others`)
    chain.pending.push({ ...block, lines: null })
    this.blocks++
    this.events += block.count
  }

  // Blocks are linked once a checkpoint says where they begin: of a range the digest before it is that one's.
  async #checkpoint(jws) {
    const said = await this.#said(jws, 'rppam-checkpoint+jws')
    const chain = this.#chains.get(said.chain)
    if (!chain) throw new Error('a checkpoint of a chain that is not registered')
    if (said.tid !== chain.said.tid || said.regs > this.#registrations.length)
      throw new Error('a checkpoint of other chains than these')
    chain.checkpoints.push(said)
    this.checkpoints++
  }

  #follow(chain) {
    const { checkpoints } = chain
    const earliest = checkpoints.length === 0 ? 0 : Math.min(...checkpoints.map(({ seq }) => seq))
    const first = chain.pending[0]?.firstSeq ?? earliest + 1
    const start = first === 1 ? null : checkpoints.find(({ seq }) => seq === first - 1)
    if (start === undefined) throw new Error(`chain ${chain.said.chain}: nothing says how it began`)
    let digest = start === null ? chain.digest : Buffer.from(start.digest, 'hex')
    const ends = new Map([[first - 1, digest]])
    let seq = first - 1
    for (const block of chain.pending) {
      if (block.firstSeq !== seq + 1)
        throw new Error(`chain ${block.chain}: event ${seq + 1} is missing`)
      digest = link(digest, chain.said.tid, block)
      seq += block.count
      ends.set(seq, digest)
    }
    for (const { seq: at, digest: said } of checkpoints)
      if (ends.get(at)?.toString('hex') !== said)
        throw new Error(`chain ${chain.said.chain}: event ${at} is not what was anchored`)
    const anchored = Math.max(0, ...checkpoints.map((each) => each.seq))
    if (seq > anchored)
      throw new Error(`chain ${chain.said.chain}: events behind the last checkpoint`)
  }

  async #end(jws) {
    const said = await this.#said(jws, 'rppam-export+jws')
    if (said.sha256 !== this.#hash.digest('hex'))
      throw new Error('the lines are not those that were exported')
    if (said.chains !== this.#chains.size) throw new Error('a chain is missing')
    for (const chain of this.#chains.values()) {
      if (chain.said.tid !== said.tid) throw new Error('a chain of another tenant')
      this.#follow(chain)
    }
    this.unanchored = said.unanchored
    this.#isEnded = true
  }
}

const main = async ([keysFile, exportFile]) => {
  const evidence = new Evidence(JSON.parse(readFileSync(keysFile, 'utf8')))
  for await (const text of createInterface({ input: createReadStream(exportFile) }))
    await evidence.take(text)
  evidence.end()
  const { blocks, events, unreadable, checkpoints, unanchored } = evidence
  console.log(
    `whole: ${events} events in ${blocks} blocks, ${checkpoints} checkpoints, ${unreadable} events that do not open, ${unanchored} behind the last checkpoints`,
  )
}

if (process.argv[1] === import.meta.filename)
  await main(process.argv.slice(2)).catch((error) => {
    console.error(error.message)
    process.exitCode = 1
  })
