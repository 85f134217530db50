// One open tenant in its worker: connections, keys, audit chain and caches, each there once. The installation itself
// (tenant id all zeros) is open the same way in the broker's thread. Nothing here is reachable from another tenant's.
import { LRUCache } from 'lru-cache'
import { type TenantId, type Uuid, installationId } from '../../ids.js'
import type { Directory } from '../../task/broker.js'
import type { Limits } from '../../task/options.js'
import type { EpochCache } from './epoch-cache.js'
import type { AnchorSink } from '../audit/anchors.js'
import type { AuditLog } from '../audit/appender.js'
import { Coalescer } from './coalesce.js'
import type { Keyring } from '../keys/keyring.js'
import type { Services } from './services.js'
import type { Row, Store, Table } from '../store/store.js'
import { Mutex } from './mutex.js'
import { drainOutbox } from './outbox.js'
import { tenantStatus } from './tenant-state.js'

export interface TenantParts {
  readonly directory: Directory
  readonly store: Store
  readonly keys: Keyring
  readonly audit: AuditLog
  /** Where this tenant's chains are registered and anchored. */
  readonly sink: AnchorSink
  readonly access: EpochCache
  readonly services: Services
}

/** Of one parent: there is one more with each write, and those that somebody planted. */
const beyondAtOnce = 12
/** A cached row of an entry, and what was made of its metadata. */
interface KeptEntry {
  readonly row: Row
  opened: object | null
}

const rowsAtOnce = 256
/** Of entries in memory: of all tenants that may be open, and of one. */
const cachedBytes = { all: 256 * 1024 * 1024, one: 4 * 1024 * 1024 }
/** Of the objects around an entry's bytes. */
const entryOverhead = 512

/** Opened metadata takes about as much room as sealed. */
const bytesOf = ({ row: { doc, secret } }: KeptEntry): number =>
  entryOverhead + 2 * doc.length + (secret?.length ?? 0)

const entryCache = ({ openTenants }: Limits): LRUCache<Uuid, KeptEntry> =>
  new LRUCache({
    maxSize: Math.ceil(Math.min(cachedBytes.one, cachedBytes.all / openTenants)),
    sizeCalculation: bytesOf,
  })

export class TenantContext {
  readonly tenant: TenantId
  readonly directory: Directory
  readonly store: Store
  readonly keys: Keyring
  readonly audit: AuditLog
  readonly sink: AnchorSink
  readonly access: EpochCache
  readonly services: Services
  readonly isInstallation: boolean
  /**
   * Of those who decide on a change of what access rests on, and of whoever was overtaken too often: these do not
   * overtake each other. Who ends a session, or another node, still may.
   */
  readonly mutex = new Mutex()
  /** The outbox may hold events: after a commit that wrote some, and after opening. It spares idle tenants the look. */
  outboxWaits = true
  readonly #draining = new Mutex()
  readonly #loaders = new Map<Table, Coalescer<Uuid, Row | null>>()
  readonly #beyond = new Map<string, Coalescer<Uuid, readonly Uuid[]>>()
  // Secrets are in here as they were sealed and no otherwise. Each use is confirmed by the version that the audit append
  // answers (FORMATS §6).
  readonly #entries: LRUCache<Uuid, KeptEntry>

  constructor(parts: TenantParts) {
    this.tenant = parts.directory.tenant
    this.directory = parts.directory
    this.store = parts.store
    this.keys = parts.keys
    this.audit = parts.audit
    this.sink = parts.sink
    this.access = parts.access
    this.services = parts.services
    this.isInstallation = this.tenant === installationId
    this.#entries = entryCache(parts.services.limits)
  }

  /** By the control row and the tenant's own sealed state: the stricter counts (FORMATS §6). */
  get isActive(): boolean {
    return this.directory.status === 'active' && this.access.state.status === tenantStatus.active
  }

  /** Of tokens that may live; the higher of the two, and no other. */
  get tokenGeneration(): number {
    return Math.max(this.directory.tokenGeneration, this.access.state.tokenGeneration)
  }

  /** One row by id. All callers of the same moment share one statement. */
  load(table: Table, id: Uuid): Promise<Row | null> {
    let loader = this.#loaders.get(table)
    if (!loader) {
      loader = new Coalescer((ids) => this.#read(table, ids), { max: rowsAtOnce })
      this.#loaders.set(table, loader)
    }
    return loader.call(id)
  }

  /** Ids of a parent's rows, newest first, beyond the first `keep`, some of them. Coalesced as load is. */
  beyond(table: Table, parent: Uuid, keep: number): Promise<readonly Uuid[]> {
    const name = `${table}/${keep}`
    let loader = this.#beyond.get(name)
    if (!loader) {
      loader = new Coalescer((parents) => this.#readBeyond(table, parents, keep), {
        max: rowsAtOnce,
      })
      this.#beyond.set(name, loader)
    }
    return loader.call(parent)
  }

  /** Between rows of long work: resolves when it is this tenant's turn again. */
  giveWay(): Promise<void> {
    return this.services.slices.next(this.tenant)
  }

  /** A vault entry as it was when last read: the caller must have its version confirmed before it answers. */
  async entry(id: Uuid): Promise<Row | null> {
    const known = this.knownEntry(id)
    if (known) return known
    const row = await this.load('vault_entry', id)
    if (row) this.#entries.set(id, { row, opened: null })
    return row
  }

  /** What entry() would answer at once, or null. */
  knownEntry(id: Uuid): Row | null {
    return this.#entries.get(id)?.row ?? null
  }

  /**
   * What `open` makes of an entry's row, always the same function: kept beside the row where that is kept, so that it is
   * opened once a version. Metadata only: nothing of a secret may be in it.
   */
  opened<T extends object>(row: Row, open: (keys: Keyring, row: Row) => T): T {
    const kept = this.#entries.peek(row.id)
    if (kept?.row !== row) return open(this.keys, row)
    return (kept.opened ??= open(this.keys, row)) as T
  }

  forgetEntry(id: Uuid): void {
    this.#entries.delete(id)
  }

  /** Once a second: anchors what is due, hands over what waits in the outbox. */
  async tick(): Promise<void> {
    await this.audit.tick()
    if (this.outboxWaits) await this.drainOutbox()
  }

  /** Anchors the audit chain, ends the connections, wipes the keys, forgets what was opened. */
  async close(): Promise<void> {
    try {
      await this.audit.close()
    } finally {
      this.#entries.clear()
      this.access.clear()
      await this.store.close()
      this.keys.close()
    }
  }

  /** Hands over what waits in the outbox: one after the other, so that what was planted is told of once. */
  drainOutbox(): Promise<void> {
    return this.#draining.run(async () => {
      // Lowered first: what is committed from here on raises it again.
      this.outboxWaits = false
      try {
        if (await drainOutbox(this)) this.outboxWaits = true
      } catch (error) {
        this.outboxWaits = true
        throw error
      }
    })
  }

  async #readBeyond(
    table: Table,
    parents: readonly Uuid[],
    keep: number,
  ): Promise<(readonly Uuid[])[]> {
    const options = { keep, limit: beyondAtOnce }
    const found = await this.store.childrenBeyond(table, [...new Set(parents)], options)
    return parents.map((parent) => found.get(parent) ?? [])
  }

  async #read(table: Table, ids: readonly Uuid[]): Promise<(Row | null)[]> {
    const rows = new Map(
      (await this.store.read(table, [...new Set(ids)])).map((row) => [row.id, row]),
    )
    return ids.map((id) => rows.get(id) ?? null)
  }
}
