// A tenant's audit log over a store in memory: what tests need around the one thing that they test.
import { RecordedRows } from '../../../../engine/worker/evidence/deep.js'
import { newId, type Uuid } from '../../../../engine/ids.js'
import type { AnchorRecord, ChainRegistration } from '../../../../engine/task/broker.js'
import type {
  AnchorSink,
  SignedAnchor,
  SignedRegistration,
} from '../../../../engine/worker/audit/anchors.js'
import { AuditLog, type AuditLogOptions } from '../../../../engine/worker/audit/appender.js'
import { EpochCache } from '../../../../engine/worker/context/epoch-cache.js'
import { PresentState } from '../../../../engine/worker/context/present-state.js'
import { openBlock } from '../../../../engine/worker/audit/contents.js'
import type { AuditEvent } from '../../../../engine/worker/audit/event.js'
import type { RecordedEvent } from '../../../../engine/worker/audit/line.js'
import { verifyAudit, type VerifyReport } from '../../../../engine/worker/audit/verify.js'
import type { Keyring } from '../../../../engine/worker/keys/keyring.js'
import {
  createMemoryStore,
  type MemoryStore,
} from '../../../../engine/worker/store/memory/memory-store.js'
import type { AuditBlock, Row } from '../../../../engine/worker/store/store.js'
import { freshTenant, open } from '../keys/fixture.js'

const signed = (anchor: AnchorRecord): SignedAnchor => ({
  ...anchor,
  regs: 1,
  statement: `of ${anchor.seq}`,
})

/** The control database's part, kept in memory; `fault` makes every call fail. */
export class MemorySink implements AnchorSink {
  registered: ChainRegistration[] = []
  anchored: AnchorRecord[] = []
  fault: Error | null = null

  async register(registration: ChainRegistration): Promise<void> {
    this.#check()
    this.registered.push(registration)
  }

  async chains(): Promise<readonly SignedRegistration[]> {
    this.#check()
    return this.registered.map((each) => ({ ...each, statement: `of ${each.chain}` }))
  }

  async signExport(claims: object): Promise<string> {
    return JSON.stringify(claims)
  }

  async last(chain: Uuid) {
    this.#check()
    return this.#newestFirst(chain).map(signed)[0] ?? null
  }

  async lastOfAll(): Promise<readonly SignedAnchor[]> {
    this.#check()
    return this.registered.flatMap(({ chain }) => this.#newestFirst(chain).slice(0, 1).map(signed))
  }

  async append(anchor: AnchorRecord): Promise<void> {
    this.#check()
    this.anchored.push(anchor)
  }

  async anchors(chain: Uuid, before: number | null): Promise<readonly SignedAnchor[]> {
    this.#check()
    return this.#newestFirst(chain)
      .filter(({ seq }) => before === null || seq < before)
      .slice(0, 1_000)
      .map(signed)
  }

  /** The only chain that there should be, or the n-th. */
  chain(n = 0): Uuid {
    return this.registered[n]?.chain ?? ''
  }

  seqs(): number[] {
    return this.anchored.map(({ seq }) => seq)
  }

  #newestFirst(chain: Uuid): AnchorRecord[] {
    return this.anchored.filter((each) => each.chain === chain).sort((a, b) => b.seq - a.seq)
  }

  #check(): void {
    if (this.fault) throw this.fault
  }
}

export class TestClock {
  time = 1_700_000_000_000
  now(): number {
    return this.time
  }
}

export class Bench {
  readonly sink = new MemorySink()
  readonly clock = new TestClock()
  readonly faults: unknown[] = []
  readonly access: EpochCache

  constructor(
    readonly keys: Keyring = open(freshTenant()),
    readonly store: MemoryStore = createMemoryStore(),
  ) {
    this.access = new EpochCache(PresentState.unfounded(keys, 1))
  }

  log(options: Partial<AuditLogOptions> = {}): AuditLog {
    return new AuditLog({
      tenant: this.keys.tenant,
      store: this.store,
      keys: this.keys,
      sink: this.sink,
      states: this.access,
      clock: this.clock,
      writer: 'node-a',
      anchorIntervalMs: 1_000,
      anchorEvery: 1_000,
      onFault: (error) => this.faults.push(error),
      ...options,
    })
  }

  verify(deep = false): Promise<VerifyReport> {
    return verifyAudit(this.store, this.keys, this.sink, {
      tenant: this.keys.tenant,
      rows: deep ? new RecordedRows() : null,
    })
  }

  /** All stored blocks of a chain. */
  blocks(chain = this.sink.chain()): Promise<AuditBlock[]> {
    return this.store.auditChain(chain, 1, 1_000_000)
  }

  /** All stored events of a chain, opened, each with its number. */
  async events(chain = this.sink.chain()): Promise<(RecordedEvent & { readonly seq: number })[]> {
    return (await this.blocks(chain)).flatMap((block) =>
      openBlock(this.keys, block).map((event, i) => ({ ...event, seq: block.firstSeq + i })),
    )
  }
}

export const eventOf = (detail: Record<string, unknown> = {}): AuditEvent => ({
  action: 'vault.secret.read',
  actor: { type: 'user', id: newId(), name: 'alice' },
  target: { type: 'vault-entry', id: newId() },
  outcome: 'success',
  requestId: newId(),
  clientAddress: '192.0.2.7',
  time: 1_700_000_000_000,
  detail,
})

export const appendMany = async (log: AuditLog, count: number): Promise<void> => {
  await Promise.all(Array.from({ length: count }, (_, n) => log.append(eventOf({ n }))))
}

/** One after the other: a block each. */
export const appendEach = async (log: AuditLog, count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await log.append(eventOf({ n }))
}

/** A log of `count` blocks of one event, closed and so anchored. */
export const writtenLog = async (bench: Bench, count: number, options = {}): Promise<void> => {
  const log = bench.log(options)
  await appendEach(log, count)
  await log.close()
}

export const rowOf = (id: Uuid, version: number, text: string): Row => ({
  id,
  parent: null,
  version,
  state: 0,
  createdTime: 0,
  updatedTime: 0,
  expiresTime: null,
  doc: Buffer.from(`doc ${text}`),
  secret: Buffer.from(`secret ${text}`),
})
