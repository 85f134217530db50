// The anchors of all chains, in the control database: signed checkpoints, appended and never overwritten. All that wait
// leave in one statement.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../clock.js'
import { derivedId, type TenantId, type Uuid } from '../../ids.js'
import type { AnchorRecord } from '../../task/broker.js'
import { checkpointClaims, checkpointType } from '../audit/checkpoint.js'
import { claimsOf, statementHash } from '../audit/statement.js'
import { type Change, type Row, rowState, type Store } from '../store/store.js'
import type { Attestation } from './attestation.js'
import type { ChainRegistrations } from './chain-registrations.js'

const headsKept = 10_000
const atOnce = 256

const textOf = ({ doc }: Row): string => doc.toString('latin1')

/** Where a chain's checkpoints have come to. */
interface Head {
  readonly tenant: TenantId
  readonly reg: string
  readonly regs: number
  readonly n: number
  readonly seq: number
  readonly prev: string | null
}

interface Waiting {
  readonly tenant: TenantId
  readonly anchor: AnchorRecord
  resolve(): void
  reject(error: unknown): void
}

interface Made {
  readonly waiting: Waiting
  readonly change: Change | null
}

export class Checkpoints {
  readonly #heads = new LRUCache<Uuid, Head>({ max: headsKept })
  #waiting: Waiting[] = []
  #running = false

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly attestation: Attestation,
    private readonly registrations: ChainRegistrations,
  ) {}

  /** Of a place that is behind the chain's last checkpoint: nothing. */
  append(tenant: TenantId, anchor: AnchorRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ tenant, anchor, resolve, reject })
      if (!this.#running) void this.#drain()
    })
  }

  /** Newest first. Throws where the tenant has not registered the chain. */
  async of(
    tenant: TenantId,
    chain: Uuid,
    before: number | null,
    limit: number,
  ): Promise<readonly string[]> {
    await this.registrations.hashOf(tenant, chain)
    const options = { limit, ...(before === null ? {} : { before }) }
    return (await this.store.children('audit_anchor', chain, options)).map(textOf)
  }

  /** The last of each of these chains that has one. */
  async lastOf(chains: readonly Uuid[]): Promise<{ readonly chain: Uuid; readonly jws: string }[]> {
    const last = await Promise.all(
      chains.map((chain) => this.store.children('audit_anchor', chain, { limit: 1 })),
    )
    return last.flat().map((row) => ({ chain: row.parent ?? '', jws: textOf(row) }))
  }

  /** Checkpoints from now on count one more of the tenant's chains. */
  registered(tenant: TenantId): void {
    for (const [chain, head] of this.#heads) if (head.tenant === tenant) this.#heads.delete(chain)
  }

  async #drain(): Promise<void> {
    this.#running = true
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#write(this.#waiting.splice(0, atOnce))
    this.#running = false
  }

  async #write(some: readonly Waiting[]): Promise<void> {
    const made: Made[] = []
    for (const waiting of some)
      try {
        made.push({ waiting, change: await this.#changeOf(waiting) })
      } catch (error) {
        waiting.reject(error)
      }
    try {
      await this.store.put(made.flatMap(({ change }) => change ?? []))
      for (const { waiting } of made) waiting.resolve()
    } catch (error) {
      for (const { waiting } of made) {
        // What is stored now says where the chain's checkpoints are.
        this.#heads.delete(waiting.anchor.chain)
        waiting.reject(error)
      }
    }
  }

  async #changeOf({ tenant, anchor }: Waiting): Promise<Change | null> {
    const { chain, seq } = anchor
    const head = this.#heads.get(chain) ?? (await this.#headOf(tenant, chain))
    if (head.tenant !== tenant) throw new Error('the chain is not registered')
    if (seq <= head.seq) return null
    const n = head.n + 1
    const claims = checkpointClaims(tenant, anchor, { ...head, n })
    const jws = await this.attestation.sign(checkpointType, claims, anchor.time)
    this.#heads.set(chain, { ...head, n, seq, prev: statementHash(jws) })
    return { op: 'ensure', table: 'audit_anchor', row: this.#rowOf(anchor, jws) }
  }

  #rowOf({ chain, seq }: AnchorRecord, jws: string): Row {
    const time = this.clock.now()
    return {
      // A second one for the same place finds the first and leaves it.
      id: derivedId(chain, seq),
      parent: chain,
      version: seq,
      state: rowState.live,
      createdTime: time,
      updatedTime: time,
      expiresTime: null,
      doc: Buffer.from(jws, 'latin1'),
      secret: null,
    }
  }

  async #headOf(tenant: TenantId, chain: Uuid): Promise<Head> {
    const reg = await this.registrations.hashOf(tenant, chain)
    const regs = await this.registrations.highest(tenant)
    const [last] = await this.lastOf([chain])
    if (!last) return { tenant, reg, regs, n: 0, seq: 0, prev: null }
    const { n, seq } = claimsOf(last.jws)
    return { tenant, reg, regs, n: Number(n), seq: Number(seq), prev: statementHash(last.jws) }
  }
}
