// The registered chains of all tenants and their anchors, in the control database (FORMATS §5). Each anchor is also a
// checkpoint that the installation's attestation key has signed. Anchors are appended, never overwritten.
import { type CryptoKey, SignJWT, importJWK } from 'jose'
import { type Clock, type Milliseconds, isTime } from '../../clock.js'
import { type TenantId, type Uuid, derivedId } from '../../ids.js'
import type { AnchorRecord, ChainRegistration, ResumableChain } from '../../task/broker.js'
import type { AnchorSink } from '../audit/anchors.js'
import { type Row, type Store, rowState } from '../store/store.js'
import type { StoredKey } from './signing.js'

const chainsAtMost = 100_000
const anchorsAtOnce = 1_000
const anchorBytes = 80
/** One a writer. */
const chainsInUse = 16

interface ChainDocument {
  readonly writer: string
  readonly previousChain: Uuid | null
  readonly previousDigest: string | null
  readonly macKeyId: string
}

const rowOf = (id: Uuid, parent: Uuid, version: number, time: number, doc: Buffer): Row => ({
  id,
  parent,
  version,
  state: rowState.live,
  createdTime: time,
  updatedTime: time,
  expiresTime: null,
  doc,
  secret: null,
})

const encodeChain = (chain: ChainRegistration): Buffer =>
  Buffer.from(
    JSON.stringify({
      writer: chain.writer,
      previousChain: chain.previousChain,
      previousDigest: chain.previousDigest && Buffer.from(chain.previousDigest).toString('hex'),
      macKeyId: Buffer.from(chain.macKeyId).toString('hex'),
    } satisfies ChainDocument),
  )

const decodeChain = ({ id, doc }: Row): ChainRegistration => {
  const found = JSON.parse(doc.toString()) as ChainDocument
  return {
    chain: id,
    writer: found.writer,
    previousChain: found.previousChain,
    previousDigest: found.previousDigest === null ? null : Buffer.from(found.previousDigest, 'hex'),
    macKeyId: Buffer.from(found.macKeyId, 'hex'),
  }
}

/** `digest 32 | mac 32 | count u64 | time u64`. */
const encodeAnchor = ({ digest, mac, count, time }: AnchorRecord): Buffer => {
  const doc = Buffer.alloc(anchorBytes)
  doc.set(digest, 0)
  doc.set(mac, 32)
  doc.writeBigUInt64BE(BigInt(count), 64)
  doc.writeBigUInt64BE(BigInt(time), 72)
  return doc
}

const decodeAnchor = ({ parent, version, doc }: Row): AnchorRecord => ({
  chain: parent ?? '',
  seq: version,
  digest: doc.subarray(0, 32),
  mac: doc.subarray(32, 64),
  count: Number(doc.readBigUInt64BE(64)),
  time: Number(doc.readBigUInt64BE(72)),
})

export class ChainKeeper {
  private constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly issuer: Uuid,
    private readonly kid: string,
    private readonly key: CryptoKey | Uint8Array,
  ) {}

  static async open(
    store: Store,
    clock: Clock,
    issuer: Uuid,
    { kid, privateJwk }: StoredKey,
  ): Promise<ChainKeeper> {
    return new ChainKeeper(store, clock, issuer, kid, await importJWK(privateJwk, 'EdDSA'))
  }

  /** What the chains of one tenant are registered and anchored with, in this thread. */
  sinkOf(tenant: TenantId): AnchorSink {
    return {
      register: (registration) => this.register(tenant, registration),
      chains: () => this.chains(tenant),
      resume: (writer) => this.resume(tenant, writer),
      append: (anchor) => this.append(tenant, anchor),
      anchors: (chain, before) => this.anchors(tenant, chain, before),
    }
  }

  async register(tenant: TenantId, chain: ChainRegistration): Promise<void> {
    const row = rowOf(chain.chain, tenant, 1, this.clock.now(), encodeChain(chain))
    await this.store.put([{ op: 'ensure', table: 'audit_chain', row }])
  }

  /** In the order of their registration. */
  async chains(tenant: TenantId): Promise<ChainRegistration[]> {
    const rows = await this.store.children('audit_chain', tenant, { limit: chainsAtMost })
    return rows.sort((a, b) => (a.id < b.id ? -1 : 1)).map(decodeChain)
  }

  async resume(tenant: TenantId, writer: string): Promise<ResumableChain | null> {
    const registration = (await this.chains(tenant)).findLast((chain) => chain.writer === writer)
    if (!registration) return null
    const [last] = await this.store.children('audit_anchor', registration.chain, { limit: 1 })
    return { registration, anchor: last ? decodeAnchor(last) : null }
  }

  async append(tenant: TenantId, anchor: AnchorRecord): Promise<void> {
    const { chain, seq } = anchor
    await this.#requireChain(tenant, chain)
    // A second anchor for the same place finds the first and leaves it.
    const row = rowOf(derivedId(chain, seq), chain, seq, this.clock.now(), encodeAnchor(anchor))
    const signed = { ...row, secret: Buffer.from(await this.#checkpoint(tenant, anchor)) }
    await this.store.put([{ op: 'ensure', table: 'audit_anchor', row: signed }])
  }

  async anchors(tenant: TenantId, chain: Uuid, before: number | null): Promise<AnchorRecord[]> {
    await this.#requireChain(tenant, chain)
    const options = { limit: anchorsAtOnce, ...(before === null ? {} : { before }) }
    return (await this.store.children('audit_anchor', chain, options)).map(decodeAnchor)
  }

  /** Of the newest chains: older ones are closed. */
  async lastAnchorTime(tenant: TenantId): Promise<Milliseconds | null> {
    const rows = await this.store.children('audit_chain', tenant, { limit: chainsAtMost })
    const newest = rows
      .map(({ id }) => id)
      .sort()
      .slice(-chainsInUse)
    const anchors = await Promise.all(
      newest.map((chain) => this.store.children('audit_anchor', chain, { limit: 1 })),
    )
    // Columns are copies that anybody with the database may write.
    const times = anchors
      .flat()
      .filter(({ doc }) => doc.length === anchorBytes)
      .map((row) => decodeAnchor(row).time)
      .filter(isTime)
    return times.length === 0 ? null : Math.max(...times)
  }

  // A chain's tenant never changes: known ones need no look.
  readonly #tenants = new Map<Uuid, TenantId>()

  async #requireChain(tenant: TenantId, chain: Uuid): Promise<void> {
    if (!this.#tenants.has(chain)) {
      const [row] = await this.store.read('audit_chain', [chain])
      if (row?.parent) this.#tenants.set(chain, row.parent as TenantId)
    }
    if (this.#tenants.get(chain) !== tenant) throw new Error('the chain is not registered')
  }

  /** A statement for ever (FORMATS §8): JWS compact, its own type and key. */
  #checkpoint(
    tenant: TenantId,
    { chain, seq, digest, count, time }: AnchorRecord,
  ): Promise<string> {
    const statement = {
      tenant,
      chain,
      seq,
      count,
      time,
      digest: Buffer.from(digest).toString('hex'),
    }
    return new SignJWT(statement)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'rppam-checkpoint+jws', kid: this.kid })
      .setIssuer(this.issuer)
      .sign(this.key)
  }
}
